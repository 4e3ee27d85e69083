import { rmSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { copyBuild } from '../tests/support/copy-build.ts'
import { randomOf } from './harness/random.ts'
import { hasHeld, type ChaosContext, type Scenario, type Verdict } from './harness/scenario.ts'
import { failuresOf, formatTable, lineOf, type Outcome } from './harness/table.ts'
import { SCENARIOS } from './scenarios.ts'

const HELP = `npm run chaos -- [--seconds N] [--seed S] [--only scenario,…] [--size small|full] [--json FILE]

  --seconds N  go round again, each round with the next seed, until N seconds are over; one round unless said
  --seed S     decides which fault happens when; a random one unless said
  --only       some of the scenarios
  --size       full unless said; small is for every change
  --json FILE  write every check and figure to FILE

${SCENARIOS.map(({ name, title }) => `  ${name.padEnd(17)} ${title}`).join('\n')}`

const LARGEST_SEED = 2 ** 32 - 1

interface Args {
  readonly scenarios: readonly Scenario[]
  readonly size: ChaosContext['size']
  readonly seed: number
  readonly seconds: number
  readonly json: string | undefined
}

/** @returns What to run; `null` when help was asked for. @throws Error when an argument is wrong. */
function readArgs(): Args | null {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '0' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * LARGEST_SEED)) },
      only: { type: 'string' },
      size: { type: 'string', default: 'full' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) return null
  const { size } = values
  if (size !== 'small' && size !== 'full') throw new Error('--size is small or full')
  const [seed, seconds] = [Number(values.seed), Number(values.seconds)]
  if (!Number.isInteger(seed) || seed < 0 || seed > LARGEST_SEED) throw new Error('--seed is a whole number')
  if (!(seconds >= 0)) throw new Error('--seconds is a number')
  const names = values.only?.split(',') ?? SCENARIOS.map(({ name }) => name)
  const unknown = names.filter(name => !SCENARIOS.some(scenario => scenario.name === name))
  if (unknown.length > 0) throw new Error(`there is no scenario ${unknown.join(', ')}; see --help`)
  const scenarios = SCENARIOS.filter(({ name }) => names.includes(name))
  return { scenarios, size, seed, seconds, json: values.json }
}

async function runOne(
  scenario: Scenario,
  context: Omit<ChaosContext, 'random'>,
  seed: number,
): Promise<Outcome> {
  const startedMs = performance.now()
  const verdict = await scenario.run({ ...context, random: randomOf(seed, scenario.name) }).catch(brokenBy)
  const seconds = (performance.now() - startedMs) / 1_000
  return { scenario: scenario.name, seed, seconds, holds: hasHeld(verdict), ...verdict }
}

/** A scenario that cannot go on has not held, and must not take the others along. */
const brokenBy = (error: unknown): Verdict => ({
  checks: [{ text: error instanceof Error ? (error.stack ?? error.message) : String(error), holds: false }],
  figures: {},
})

async function runAll({ scenarios, size, seed, seconds }: Args, command: string): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const endMs = performance.now() + seconds * 1_000
  for (let round = 0; round === 0 || performance.now() < endMs; round += 1) {
    for (const scenario of scenarios) {
      const tell = (text: string): void =>
        void (process.stderr.isTTY && console.error(`  ${scenario.name}: ${text}`))
      const outcome = await runOne(scenario, { size, command, tell }, (seed + round) % LARGEST_SEED)
      outcomes.push(outcome)
      console.log(lineOf(outcome))
      for (const text of failuresOf(outcome)) console.log(`    ${text}`)
    }
  }
  return outcomes
}

async function main(): Promise<void> {
  const args = readArgs()
  if (args === null) return console.log(HELP)
  const build = copyBuild()
  if (build === null) throw new Error('nothing is built: npm run build')
  try {
    const { size, seed } = args
    console.log(`seed ${seed}, size ${size}`)
    const outcomes = await runAll(args, build.command)
    console.log(`\n${formatTable(outcomes)}`)
    const document = { schema: 'interleave/chaos@1', at: new Date().toISOString(), size, seed, outcomes }
    if (args.json !== undefined) writeFileSync(args.json, `${JSON.stringify(document, null, 2)}\n`)
    if (!outcomes.every(({ holds }) => holds)) process.exitCode = 1
  } finally {
    rmSync(build.folder, { recursive: true, force: true })
  }
}

await main()
