import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readEnvironment } from './harness/environment.ts'
import type { BenchOptions, Report, Scenario } from './harness/scenario.ts'
import { formatReport } from './harness/table.ts'
import { crawlFree, crawlPinned } from './scenarios/crawl.ts'
import { cpu } from './scenarios/cpu.ts'
import { dashboard } from './scenarios/dashboard.ts'
import { dispatch } from './scenarios/dispatch.ts'
import { idle } from './scenarios/idle.ts'
import { kernels } from './scenarios/kernels.ts'
import { latency } from './scenarios/latency.ts'
import { loadRedis, loadRedisLarge } from './scenarios/load-redis.ts'
import { loadSqlite } from './scenarios/load-sqlite.ts'
import { memory } from './scenarios/memory.ts'
import { overhead } from './scenarios/overhead.ts'
import { taskTable } from './scenarios/task-table.ts'
import { installPeers } from './setup.ts'

const SCENARIOS: readonly Scenario[] = [
  crawlPinned,
  crawlFree,
  latency,
  cpu,
  kernels,
  dispatch,
  overhead,
  memory,
  dashboard,
  idle,
  loadRedis,
  loadSqlite,
  taskTable,
]

/** Too large to run unless named. */
const NAMED_SCENARIOS: readonly Scenario[] = [loadRedisLarge]
const ALL = [...SCENARIOS, ...NAMED_SCENARIOS]

const HELP = `npm run bench -- [scenario…] [--rounds N] [--quick | --full]

  --rounds N  alternating rounds, 3 unless said
  --quick     one round with a tenth of the work: shows that everything runs
  --full      every peer and every list at full size, hours rather than minutes

${ALL.map(scenario => `  ${scenario.name.padEnd(11)} ${scenario.title}`).join('\n')}`

const RESULTS = fileURLToPath(new URL('./results', import.meta.url))

interface Args {
  readonly scenarios: readonly Scenario[]
  readonly options: Omit<BenchOptions, 'workDir'>
}

/** @returns What to run; `null` when help was asked for. @throws Error when an argument is wrong. */
function readArgs(): Args | null {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3))
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error('--rounds is a whole number of at least 1')
  const unknown = positionals.filter(name => !ALL.some(scenario => scenario.name === name))
  if (unknown.length > 0) throw new Error(`there is no scenario ${unknown.join(', ')}; see --help`)
  return {
    scenarios: positionals.length === 0 ? SCENARIOS : ALL.filter(({ name }) => positionals.includes(name)),
    options: { rounds, isQuick: values.quick, isFull: values.full },
  }
}

async function runAll({ scenarios, options }: Args): Promise<boolean> {
  installPeers()
  const environment = readEnvironment()
  const workDir = mkdtempSync(join(tmpdir(), 'interleave-bench-'))
  const results: { name: string; title: string; report?: Report; error?: string }[] = []
  try {
    for (const scenario of scenarios) {
      const { name, title } = scenario
      console.error(`\n${name}: ${title}`)
      try {
        const report = await scenario.run({ ...options, workDir })
        results.push({ name, title, report })
        console.log(`\n## ${title}\n\n${formatReport(report)}`)
      } catch (error) {
        // One peer or command that fails must not take the other results along.
        results.push({ name, title, error: String(error) })
        console.error(error)
      }
    }
  } finally {
    rmSync(workDir, { recursive: true, force: true })
  }
  mkdirSync(RESULTS, { recursive: true })
  const file = join(RESULTS, `${environment.at.replaceAll(':', '-')}.json`)
  writeFileSync(file, `${JSON.stringify({ environment, options, results }, null, 2)}\n`)
  console.log(`\n${file}`)
  return results.every(result => result.error === undefined)
}

const args = readArgs()
if (args === null) console.log(HELP)
else if (!(await runAll(args))) process.exitCode = 1
