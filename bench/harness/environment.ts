import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'
import { PYTHON } from '../setup.ts'

/** What a figure means nothing without. */
export interface Environment {
  readonly at: string
  readonly commit: string
  readonly cpu: string
  readonly cores: number
  readonly memoryMiB: number
  readonly system: string
  readonly loadAverage: readonly number[]
  readonly versions: Readonly<Record<string, string>>
}

/** @returns The first line a command prints, or why there is none. */
function firstLine(program: string, ...args: string[]): string {
  try {
    const output = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
    return output.split('\n')[0] ?? ''
  } catch (error) {
    return `unknown: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`
  }
}

function undiciVersion(): string {
  const file = new URL('../../node_modules/undici/package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}

export function readEnvironment(): Environment {
  const versionOf = (module: string): string =>
    firstLine(PYTHON, '-c', `import importlib.metadata as m; print(m.version("${module}"))`)
  return {
    at: new Date().toISOString(),
    commit: firstLine('git', 'describe', '--always', '--dirty'),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    system: `${platform()} ${release()}`,
    loadAverage: loadavg().map(load => Math.round(load * 100) / 100),
    versions: {
      node: process.versions.node,
      undici: undiciVersion(),
      nginx: firstLine('sh', '-c', 'nginx -v 2>&1'),
      python: firstLine(PYTHON, '--version'),
      requests: versionOf('requests'),
      aiohttp: versionOf('aiohttp'),
      scrapy: versionOf('Scrapy'),
    },
  }
}
