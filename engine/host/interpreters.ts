import { execFile } from 'node:child_process'
import { readdir, realpath } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import type { PythonInterpreter } from '../../shared/model/host-report.ts'

const run = promisify(execFile)

const NAME = /^(python3?(\.\d+)?t?|pypy3(\.\d+)?)(\.exe)?$/
/** Most interpreters asked; each is a process. */
const LIMIT = 32
const TIMEOUT_MS = 3_000

/**
 * Prints implementation, version, whether the global interpreter lock is on (older interpreters always have it), and
 * the file that really runs: a name on the path may be a launcher that chooses one.
 */
const QUESTION =
  'import os, sys; print(sys.implementation.name, ".".join(map(str, sys.version_info[:3])), getattr(sys, "_is_gil_enabled", lambda: True)(), os.path.realpath(sys.executable))'

interface Answer extends PythonInterpreter {
  readonly file: string
}

/** @returns The Python 3 interpreters on the path, each once however many names it has, in the order of the path. */
export async function findInterpreters(path: string | undefined): Promise<PythonInterpreter[]> {
  const answers = await Promise.all((await candidatesOn(path ?? '')).map(describe))
  const byFile = new Map<string, PythonInterpreter>()
  for (const answer of answers) {
    if (answer === null || byFile.has(answer.file)) continue
    const { file, ...interpreter } = answer
    byFile.set(file, interpreter)
  }
  return [...byFile.values()]
}

async function candidatesOn(path: string): Promise<string[]> {
  const folders = path.split(delimiter).filter(isAbsolute)
  const listed = await Promise.all(folders.map(namesIn))
  const byFile = new Map<string, string>()
  for (const candidate of listed.flat()) {
    const file = await realpath(candidate).catch(() => null)
    if (file !== null && !byFile.has(file)) byFile.set(file, candidate)
  }
  return [...byFile.values()].slice(0, LIMIT)
}

async function namesIn(folder: string): Promise<string[]> {
  // A folder of the path that is not there offers nothing.
  const names = await readdir(folder).catch(() => [])
  return names
    .filter(name => NAME.test(name))
    .sort()
    .map(name => join(folder, name))
}

/** @returns `null` for what is no Python 3, or does not answer in 3 s. */
async function describe(path: string): Promise<Answer | null> {
  try {
    const { stdout } = await run(path, ['-I', '-c', QUESTION], {
      timeout: TIMEOUT_MS,
      maxBuffer: 4_096,
      windowsHide: true,
    })
    const [, name, version, gil, file = path] =
      /^(\w+) (3\.\d+\.\d+) (True|False) (.*)$/.exec(stdout.trim()) ?? []
    if (name === undefined || version === undefined) return null
    return {
      path,
      version: name === 'cpython' ? version : `${name} ${version}`,
      hasGil: gil !== 'False',
      file,
    }
  } catch {
    // A broken interpreter is as good as none; the list says what can be used.
    return null
  }
}
