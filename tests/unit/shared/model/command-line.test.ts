import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { COMMANDS } from '../../../../headless/cli/commands.ts'
import { cpuJobOf, crawlJobOf } from '../../../../headless/cli/job-flags.ts'
import { loadJobOf } from '../../../../headless/cli/load-job.ts'
import { parseCommandLine } from '../../../../headless/cli/program.ts'
import { readRunOptions } from '../../../../headless/cli/run-options.ts'
import { commandLineOf, comparisonLineOf } from '../../../../shared/model/command-line.ts'
import { parsePoint, parseSweep } from '../../../../shared/model/compared-point.ts'
import type { Field, Fields } from '../../../../shared/model/field.ts'
import { defaultsOf } from '../../../../shared/model/field-schema.ts'
import { cpuFields } from '../../../../shared/model/fields/cpu.ts'
import { crawlFields } from '../../../../shared/model/fields/crawl.ts'
import { loadFields } from '../../../../shared/model/fields/load.ts'
import { parallelismFields, type ParallelismOptions } from '../../../../shared/model/fields/parallelism.ts'
import { JOB_SCHEMA, type JobKind, type JobSpec, type RunOptions } from '../../../../shared/model/job.ts'
import { keptJob } from '../../../../shared/model/kept-job.ts'
import { openDimensionsOf, parallelismDefaultsOf } from '../../../../shared/model/parallelism.ts'

const PLAIN: RunOptions = {
  out: [],
  outMode: 'create',
  allowFailures: { unit: 'tasks', value: 0 },
  asserts: [],
  patienceMs: null,
  rejects: null,
  pass: 'write',
}

let folder = ''
let awkward = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleave-'))
  awkward = join(folder, `it's $HOME "1" & 你好.txt`)
  writeFileSync(awkward, 'x\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

/** @returns The words as a shell hands them to the program. */
function shellWords(line: string): string[] {
  const script = `printf '%s\\0' ${line}`
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1)
}

function readBack(line: string): { job: JobSpec; options: RunOptions } {
  const [program, ...argv] = shellWords(line)
  expect(program).toBe('interleave')
  const parsed = parseCommandLine(argv, COMMANDS)
  if (parsed.type !== 'run') throw new Error(`not a run: ${line}`)
  const { args, values } = parsed.call
  return { job: jobOf(parsed.spec.name as JobKind, args, values), options: readRunOptions(values, folder) }
}

function jobOf(kind: JobKind, args: readonly string[], values: Parameters<typeof cpuJobOf>[0]): JobSpec {
  if (kind === 'crawl') return crawlJobOf(args, values, folder)
  if (kind === 'load') return loadJobOf(args, values, folder).job
  return cpuJobOf(values)
}

/** What is not text for people, and not made of numbers alone. */
const text = fc
  .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
  // eslint-disable-next-line no-control-regex -- control characters are refused elsewhere
  .filter(value => !/[\u0000-\u001f\u007f]/.test(value) && value.isWellFormed())

/** What needs a form of its own to be accepted. */
const FORMED: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  headers: fc.array(
    text.map(value => `X-Own: ${value}`),
    { maxLength: 2 },
  ),
  okStatus: fc.constantFrom('200-399', '200-299,404'),
  maxRejects: fc.constantFrom('1%', '20', '0.5%'),
  command: fc.constant('set'),
  key: fc.constantFrom(null, 'it’s:{index}', "a'b {line}", '--x'),
  value: fc.constantFrom(null, '{line} $PATH', '`{hash}`'),
  score: fc.constant(null),
  verify: fc.constant(false),
  to: fc.constantFrom('redis://user@localhost:6379/2', 'null:', 'sqlite:/tmp/a b%25.db?table=x%20y'),
}

function arbitraryOf(key: string, field: Field): fc.Arbitrary<unknown> {
  const formed = FORMED[key]
  if (formed !== undefined) return formed
  const orNull = (some: fc.Arbitrary<unknown>) => (field.default === null ? fc.option(some) : some)
  switch (field.type) {
    case 'integer':
    case 'duration':
    case 'size':
      return orNull(fc.integer({ min: Math.ceil(field.min), max: Math.min(field.max, 1e9) }))
    case 'number':
      return orNull(fc.double({ min: field.min, max: field.max, noNaN: true }).map(Math.abs))
    case 'boolean':
    case 'tristate':
      return orNull(fc.boolean())
    case 'choice':
      return fc.constantFrom(...field.choices)
    case 'choices':
      return fc.subarray([...field.choices])
    case 'text':
      return orNull(text)
    case 'texts':
      return fc.array(text, { maxLength: 2 })
  }
}

const optionsOf = <Fs extends Fields>(fields: Fs) =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, arbitraryOf(key, field)])))

const parallelism = optionsOf(parallelismFields).map(options => {
  const given = options as unknown as ParallelismOptions
  const open = openDimensionsOf(given.model)
  const kept = (name: 'processes' | 'threads' | 'inFlight', most: number) => {
    const value = given[name]
    return open.includes(name) && value !== null ? Math.min(value, most) : null
  }
  return {
    ...given,
    processes: kept('processes', 16),
    threads: kept('threads', 16),
    inFlight: kept('inFlight', 65_535),
  }
})

const runOptionsOf = (kind: JobKind) =>
  fc.record({
    out: kind === 'load' ? fc.constant([]) : fc.subarray(['/tmp/it’s.jsonl', "/tmp/a'b c.csv", '-']),
    outMode: fc.constantFrom('force', 'append'),
    allowFailures: fc.oneof(
      fc.record({ unit: fc.constant('tasks'), value: fc.nat(1_000) }),
      fc.record({ unit: fc.constant('percent'), value: fc.integer({ min: 1, max: 100 }) }),
    ),
    asserts: fc.subarray(['p95<200ms', 'failed<1%']),
    patienceMs: fc.option(fc.integer({ min: 0, max: 86_400_000 })),
    rejects: kind === 'load' ? fc.constantFrom(null, "/tmp/it's.rejects.jsonl") : fc.constant(null),
    pass: fc.constant('write'),
  }) as fc.Arbitrary<RunOptions>

/** Inputs are put in when they exist. */
const jobsOf = (kind: JobKind): fc.Arbitrary<JobSpec> =>
  fc.record({
    schema: fc.constant(JOB_SCHEMA),
    kind: fc.constant(kind),
    [kind]: optionsOf({ crawl: crawlFields, load: loadFields, cpu: cpuFields }[kind]),
    parallelism,
  }) as unknown as fc.Arbitrary<JobSpec>

function inputsOf(kind: JobKind): { inputs?: string[] } {
  if (kind === 'cpu') return {}
  return { inputs: kind === 'crawl' ? ['https://example.org/?a=1&b=$x', awkward] : [awkward] }
}

describe('the command line of a job', () => {
  it.each(['crawl', 'load', 'cpu'] as const)('is read back as the same %s, but for secrets', kind => {
    fc.assert(
      fc.property(jobsOf(kind), runOptionsOf(kind), (drawn, drawnOptions) => {
        const job = { ...drawn, ...inputsOf(kind) } as JobSpec
        const isDry = job.kind === 'load' && job.load.dryRun
        const options = isDry ? { ...drawnOptions, rejects: null } : drawnOptions
        expect(readBack(commandLineOf(job, options))).toEqual({ job: keptJob(job), options })
      }),
      { numRuns: 60 },
    )
  })

  it('names only what differs from the defaults', () => {
    const job: JobSpec = {
      schema: JOB_SCHEMA,
      kind: 'crawl',
      inputs: ['https://example.org/'],
      crawl: { ...defaultsOf(crawlFields), timeoutMs: 10_000, maxBodyBytes: 2 ** 20, insecure: true },
      parallelism: { ...parallelismDefaultsOf('crawl'), inFlight: 8 },
    }
    const line =
      'interleave crawl https://example.org/ --timeout 10s --max-body 1MiB --insecure --in-flight 8 --out /tmp/a.jsonl --force'
    expect(commandLineOf(job, { ...PLAIN, out: ['/tmp/a.jsonl'], outMode: 'force' })).toBe(line)
  })

  it('leaves a kind’s own default model out', () => {
    const job: JobSpec = {
      schema: JOB_SCHEMA,
      kind: 'cpu',
      cpu: defaultsOf(cpuFields),
      parallelism: parallelismDefaultsOf('cpu'),
    }
    expect(commandLineOf(job, PLAIN)).toBe('interleave cpu')
  })

  it('shows the names of headers, and no user name of a URL', () => {
    const job: JobSpec = {
      schema: JOB_SCHEMA,
      kind: 'crawl',
      inputs: ['http://me:secret@example.org/'],
      crawl: { ...defaultsOf(crawlFields), headers: ['Accept: text/html', 'X-Key: secret'] },
      parallelism: parallelismDefaultsOf('crawl'),
    }
    expect(commandLineOf(job, PLAIN)).toBe(
      "interleave crawl 'http://***@example.org/' --header 'Accept: text/html' --header 'X-Key: …'",
    )
  })

  it('never shows a password', () => {
    const job: JobSpec = {
      schema: JOB_SCHEMA,
      kind: 'load',
      inputs: ['/data.txt'],
      load: { ...defaultsOf(loadFields), to: 'redis://me:secret@localhost/1' },
      parallelism: parallelismDefaultsOf('load'),
    }
    expect(commandLineOf(job, { ...PLAIN, pass: 'verify' })).toBe(
      'interleave load /data.txt --to redis://me@localhost:6379/1 --verify',
    )
  })
})

describe('the command line of a comparison', () => {
  const job: JobSpec = {
    schema: JOB_SCHEMA,
    kind: 'cpu',
    cpu: { ...defaultsOf(cpuFields), tasks: 40 },
    parallelism: { ...parallelismDefaultsOf('cpu'), model: 'threads' },
  }

  it('names its points, its seed, and what differs from the defaults', () => {
    const points = [parsePoint('threads', job), parsePoint('loop:1x1x50', job)]
    expect(comparisonLineOf({ job, points, repeats: 5, warmUps: 1, seed: 7 }, 4)).toBe(
      'interleave compare cpu --tasks 40 --model threads --models threads,loop:1x1x50 --seed 7',
    )
    expect(comparisonLineOf({ job, points, repeats: 3, warmUps: 0, seed: 7 }, 4)).toContain(
      '--models threads,loop:1x1x50 --repeats 3 --warmup 0 --seed 7',
    )
  })

  it('writes points of a sweep with every number', () => {
    const points = parseSweep('threads=1..4', job)
    const line = comparisonLineOf({ job, points, repeats: 5, warmUps: 1, seed: 7 }, 4)
    expect(line).toContain('--models threads:1x1x1,threads:1x2x1,threads:1x4x1')
    const read = parseCommandLine(shellWords(line).slice(1), COMMANDS)
    expect(read.type).toBe('run')
  })
})
