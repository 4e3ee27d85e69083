import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

/** What `strace` must be told so that {@link readCalls} understands what it writes. */
export const STRACE_OPTIONS = [
  ...['-f', '-y', '-ttt', '-xx', '-s', '16777216', '-e'],
  'trace=openat,write,pwrite64,writev,pwritev,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat',
]

/** A system call that changed files or waited for the disk. Times are places in the order of all calls' begins and ends. */
export interface SystemCall {
  readonly name: string
  readonly begin: number
  readonly end: number
  /** Seconds, of the wall clock. */
  readonly atSec: number
  /** Paths it named, by argument or by descriptor, in order. */
  readonly paths: readonly string[]
  readonly bytes: Buffer
  /** Numbers among its arguments, in order, without descriptors. */
  readonly numbers: readonly number[]
  readonly flags: string
  readonly result: number
}

/** Yields the calls of a trace in the order in which they ended. What had not ended at the last line is left out. */
export function* readCalls(path: string): Generator<SystemCall> {
  const unfinished = new Map<
    string,
    { readonly text: string; readonly begin: number; readonly atSec: number }
  >()
  let line = 0
  for (const text of linesOf(path)) {
    line += 1
    const found = /^(\d+) +([\d.]+) (.*)$/s.exec(text)
    if (found === null) continue
    const [, thread = '', time = '', what = ''] = found
    if (what.endsWith('<unfinished ...>')) {
      unfinished.set(thread, { text: what.slice(0, -16), begin: line, atSec: Number(time) })
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>/.exec(what)
    const first = resumed === null ? undefined : unfinished.get(thread)
    if (resumed !== null && first === undefined) continue
    const whole = first === undefined ? what : first.text + what.slice(resumed![0].length)
    unfinished.delete(thread)
    const call = parseCall(whole, {
      begin: first?.begin ?? line,
      end: line,
      atSec: first?.atSec ?? Number(time),
    })
    if (call !== null) yield call
  }
}

const STRING = /"((?:\\x[0-9a-f]{2})*)"/g
const DESCRIPTOR = /(\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2}|[^>])*)>(\(deleted\))?/g

function parseCall(text: string, times: Pick<SystemCall, 'begin' | 'end' | 'atSec'>): SystemCall | null {
  const found = /^(\w+)\((.*)\) += (-?\d+)/s.exec(text)
  if (found === null) return null
  const [, name = '', given = '', result = ''] = found
  const isWrite = name.includes('write')
  const strings = [...given.matchAll(STRING)].map(([, hex = '']) =>
    Buffer.from(hex.replaceAll('\\x', ''), 'hex'),
  )
  const tail = name === 'openat' ? text.slice(text.lastIndexOf(' = ')) : given.replace(STRING, '')
  const descriptors = [...tail.matchAll(DESCRIPTOR)]
    .filter(([, , , deleted]) => deleted === undefined)
    .map(([, , path = '']) => textOf(path))
  const rest = given.replace(STRING, '').replace(DESCRIPTOR, '')
  return {
    ...times,
    name,
    paths:
      isWrite || name === 'openat' || name === 'ftruncate' || name.endsWith('sync')
        ? descriptors
        : strings.map(String),
    bytes: isWrite ? Buffer.concat(strings) : Buffer.alloc(0),
    numbers: [...rest.matchAll(/(?<![\w=])\d+/g)].map(Number),
    flags: /O_[A-Z_|]+[A-Z]/.exec(rest)?.[0] ?? '',
    result: Number(result),
  }
}

const textOf = (path: string): string =>
  path.startsWith('\\x') ? Buffer.from(path.replaceAll('\\x', ''), 'hex').toString() : path

/** A trace may be longer than a string can be. */
function* linesOf(path: string): Generator<string> {
  const file = openSync(path, 'r')
  const buffer = Buffer.allocUnsafe(2 ** 22)
  const decoder = new StringDecoder('latin1')
  let rest = ''
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, read))).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
    }
  } finally {
    closeSync(file)
  }
}
