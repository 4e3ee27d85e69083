import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const INSTALL = 'apt-get update -qq && apt-get install -y -qq --no-install-recommends redis-server'
const BINARIES = ['redis-server', 'redis-cli']

/** Installing takes minutes on a slow line: it happens once before the tests, where no test's time limit counts. */
export function setup(): void {
  if (!isInstalled() && isRoot()) install()
}

/** @throws When there is no redis-server; the message has the command to run. */
export function needRedis(): void {
  if (isInstalled()) return
  if (!isRoot()) throw new Error(`these tests need redis-server; run: sudo sh -c "${INSTALL}"`)
  install()
  if (!isInstalled()) throw new Error(`redis-server is not there after: ${INSTALL}`)
}

const isInstalled = (): boolean =>
  BINARIES.every(binary => spawnSync(binary, ['--version'], { stdio: 'ignore' }).status === 0)

const isRoot = (): boolean => process.getuid?.() === 0

/** Test files run in processes of their own: one of them installs, the others wait for it. */
function install(): void {
  const lock = join(tmpdir(), 'interleave-install-redis.lock')
  const script = `command -v redis-server >/dev/null && command -v redis-cli >/dev/null || { ${INSTALL}; }`
  const { status, stderr } = spawnSync('flock', [lock, 'sh', '-c', script], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) console.error(`redis-server could not be installed: ${stderr}`)
}
