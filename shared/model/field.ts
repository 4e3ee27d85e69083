/**
 * One option of a job, defined once: command-line flag, form control, job file key and validation all derive
 * from it. Text for people is in the catalogue under `field.<key>`.
 */
interface FieldBase {
  /** Long flag without dashes; `--no-<flag>` exists for tri-state and boolean fields that are on by default. */
  readonly flag: string
  /** How deep a form hides it: 1 always shown, 2 under "more", 3 under "expert". */
  readonly level: 1 | 2 | 3
  readonly group: 'parallelism' | 'request' | 'limits' | 'politeness' | 'extract' | 'work' | 'result'
  /** Kept out of job files: permissions and secrets are given anew at each run. */
  readonly permission?: true
}

interface NumberBounds {
  readonly min: number
  readonly max: number
}

export type Field =
  | (FieldBase & NumberBounds & { readonly type: 'integer' | 'number'; readonly default: number | null })
  /** Stored in milliseconds; written `250ms`, `10s`, `5m`. */
  | (FieldBase & NumberBounds & { readonly type: 'duration'; readonly default: number | null })
  /** Stored in bytes; written `64KiB`, `10MB`. */
  | (FieldBase & NumberBounds & { readonly type: 'size'; readonly default: number | null })
  | (FieldBase & { readonly type: 'boolean'; readonly default: boolean })
  /** `null` lets the engine decide from the inputs. */
  | (FieldBase & { readonly type: 'tristate'; readonly default: boolean | null })
  | (FieldBase & { readonly type: 'choice'; readonly choices: readonly string[]; readonly default: string })
  /** Several of a closed set, written `a,b,c`. */
  | (FieldBase & {
      readonly type: 'choices'
      readonly choices: readonly string[]
      readonly default: readonly string[]
    })
  | (FieldBase & { readonly type: 'text'; readonly maxLength: number; readonly default: string | null })
  /** May be repeated on the command line. */
  | (FieldBase & { readonly type: 'texts'; readonly maxLength: number; readonly default: readonly string[] })

export type Fields = Readonly<Record<string, Field>>

type Nullable<F, T> = F extends { readonly default: infer D } ? (null extends D ? T | null : T) : T

/** The value a field holds in a job. */
export type ValueOf<F> = F extends { readonly type: 'integer' | 'number' | 'duration' | 'size' }
  ? Nullable<F, number>
  : F extends { readonly type: 'boolean' }
    ? boolean
    : F extends { readonly type: 'tristate' }
      ? boolean | null
      : F extends { readonly type: 'choice'; readonly choices: readonly (infer C)[] }
        ? C
        : F extends { readonly type: 'choices'; readonly choices: readonly (infer C)[] }
          ? readonly C[]
          : F extends { readonly type: 'texts' }
            ? readonly string[]
            : Nullable<F, string>

/** A job's options: one value a field. */
export type OptionsOf<Fs extends Fields> = { readonly [K in keyof Fs]: ValueOf<Fs[K]> }

/** Checks the shape of a table of fields while keeping its literal types. */
export const defineFields = <const Fs extends Fields>(fields: Fs): Fs => fields
