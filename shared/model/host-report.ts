/** What this machine offers, for `doctor`: one reading, nothing in it changes afterwards. */
export interface HostReport {
  readonly cpu: {
    readonly model: string
    readonly logicalCpus: number
    /** CPUs this process may use; may be a fraction. */
    readonly quotaCpus: number
    /** What the quota was read from, such as `cgroup v2 cpu.max` or `os`. */
    readonly quotaSource: string
  }
  readonly memory: {
    readonly totalBytes: number
    /** `null` when nothing but the machine limits it. */
    readonly limitBytes: number | null
  }
  readonly platform: string
  readonly node: { readonly version: string; readonly v8: string }
  readonly sqlite: {
    readonly version: string
    /** False for versions whose write-ahead log can lose a committed transaction: before {@link SAFE_SQLITE}. */
    readonly isSafe: boolean
  }
  readonly undici: { readonly version: string }
  /** Whether requests offer the content coding `br`, and why not. */
  readonly brotli: { readonly isOffered: boolean; readonly reason: string | null }
  /** `null` when no Electron binary is installed. */
  readonly electron: { readonly version: string; readonly path: string } | null
  /** The server on the default address, if one answers; `null` when none does. */
  readonly redis: { readonly where: string; readonly version: string } | null
  /** At most 32. */
  readonly interpreters: readonly PythonInterpreter[]
  readonly dataDir: {
    readonly path: string
    /** `null` when the file system does not tell. */
    readonly freeBytes: number | null
  }
  /** Most open files and sockets of one process; `null` where the system sets none. */
  readonly descriptorLimit: number | null
  /** Sentences for people about what limits runs here; at most 32. */
  readonly notices: readonly string[]
}

export interface PythonInterpreter {
  readonly path: string
  readonly version: string
  /** False in a free-threaded build that runs without the global interpreter lock. */
  readonly hasGil: boolean
}

/** The first SQLite without the write-ahead log's reset defect. */
export const SAFE_SQLITE = '3.51.3'

/** @returns True when `version`, such as `3.53.4`, is {@link SAFE_SQLITE} or newer; false for what is no version. */
export function isSafeSqlite(version: string): boolean {
  const numbers = version.split('.').map(Number)
  const wanted = SAFE_SQLITE.split('.').map(Number)
  for (const [at, least] of wanted.entries()) {
    const number = numbers[at] ?? NaN
    if (number !== least) return number > least
  }
  return true
}
