import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Where something secret may have been left: a name for people, and the bytes. */
export interface Trace {
  readonly where: string
  readonly bytes: Buffer
}

/**
 * @param secrets By a name for people; letters and digits, so that no encoding of URLs changes them.
 * @returns `secret: place` for each of them that is found, as text, as UTF-16, or within base64.
 */
export function leaksIn(traces: readonly Trace[], secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) => {
    const forms = formsOf(secret)
    return traces
      .filter(({ bytes }) => forms.some(form => bytes.includes(form)))
      .map(({ where }) => `${name}: ${where}`)
  })
}

/** Every file below a folder, whole. Files that go away meanwhile are left out. */
export function filesBelow(folder: string, isOurs: (path: string) => boolean = () => true): Trace[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isOurs)
  return paths.flatMap(path => traceOf(join(folder, path)))
}

/** How processes were started, as everybody on the machine, or everybody of this user, can read it. */
export const processTraces = (pids: readonly number[]): Trace[] =>
  pids.flatMap(pid => [...traceOf(`/proc/${pid}/cmdline`), ...traceOf(`/proc/${pid}/environ`)])

export const textTrace = (where: string, text: string): Trace => ({ where, bytes: Buffer.from(text) })

function traceOf(path: string): Trace[] {
  try {
    return statSync(path).isFile() ? [{ where: path, bytes: readFileSync(path) }] : []
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** Base64 has three forms of a text, by where in it the text begins; their first and last characters vary. */
function formsOf(secret: string): Buffer[] {
  const encoded = [0, 1, 2].map(before =>
    Buffer.concat([Buffer.alloc(before), Buffer.from(secret)])
      .toString('base64')
      .slice(4, -4),
  )
  return [Buffer.from(secret), Buffer.from(secret, 'utf16le'), ...encoded.map(text => Buffer.from(text))]
}
