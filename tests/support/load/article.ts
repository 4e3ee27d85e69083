import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('./article.py', import.meta.url))
const INSTALL = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'python3'] as const

/** Loads a file as the article's script does, by Python itself. */
export function loadAsArticle(file: string, port: number): void {
  needPython()
  execFileSync('python3', [SCRIPT, file, String(port)], { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** @throws When there is no Python; the message has the command to run. */
function needPython(): void {
  if (isInstalled()) return
  const [program, ...args] = INSTALL
  if (process.getuid?.() === 0) spawnSync(program, args, { stdio: 'ignore' })
  if (!isInstalled()) throw new Error(`this test needs python3; run: sudo ${INSTALL.join(' ')}`)
}

const isInstalled = (): boolean => spawnSync('python3', ['--version'], { stdio: 'ignore' }).status === 0
