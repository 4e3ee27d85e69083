import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Debian's own interpreter: its packages of the Python peers belong to it. */
export const PYTHON = '/usr/bin/python3'

interface Tool {
  readonly packages: readonly string[]
  readonly isPresent: () => boolean
}

const succeeds = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0

const TOOLS: readonly Tool[] = [
  {
    packages: ['nginx-light', 'libnginx-mod-http-echo'],
    isPresent: () => existsSync('/usr/sbin/nginx'),
  },
  {
    packages: ['python3-requests', 'python3-aiohttp', 'python3-scrapy', 'python3-redis'],
    isPresent: () => succeeds(PYTHON, '-c', 'import requests, aiohttp, scrapy, redis'),
  },
  {
    packages: ['redis-server', 'redis-tools'],
    isPresent: () => succeeds('redis-server', '--version') && succeeds('redis-cli', '--version'),
  },
  { packages: ['sqlite3'], isPresent: () => succeeds('sqlite3', '--version') },

  { packages: ['util-linux'], isPresent: () => succeeds('taskset', '--version') },
]

/**
 * Installs the peers that are missing, by apt where this process is root.
 *
 * @throws Error that names the command to run, where they are missing and it is not.
 */
export function installPeers(): void {
  const packages = TOOLS.filter(tool => !tool.isPresent()).flatMap(tool => tool.packages)
  if (packages.length === 0) return
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages]
  if (process.getuid?.() !== 0) throw new Error(`peers are missing; run: sudo ${install.join(' ')}`)
  console.error(`installing ${packages.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update'], { stdio: ['ignore', 'ignore', 'inherit'], env })
  const { status } = spawnSync(install[0]!, install.slice(1), { stdio: ['ignore', 'ignore', 'inherit'], env })
  const missing = TOOLS.filter(tool => !tool.isPresent()).flatMap(tool => tool.packages)
  if (status !== 0 || missing.length > 0) throw new Error(`"${install.join(' ')}" ended with ${status}`)
}
