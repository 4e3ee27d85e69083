import { cpuFields } from '../../shared/model/fields/cpu.ts'
import { crawlFields } from '../../shared/model/fields/crawl.ts'
import { loadFields } from '../../shared/model/fields/load.ts'
import { parallelismFields } from '../../shared/model/fields/parallelism.ts'
import type { FlagSpec } from './flag-spec.ts'
import type { ArgumentSpec, CommandSpec } from './command-spec.ts'
import { compareCommand } from './compare-commands.ts'
import { fieldFlags } from './field-flags.ts'
import {
  ANY_RUN_FLAGS,
  APPEND,
  CODE,
  FORCE,
  HEADER_FILE,
  JSON_DOCUMENT,
  LOAD_FLAGS,
  OPEN,
  OUT,
  PORT,
  QUIET,
  READ_ONLY,
  RESUME,
  RUN_FLAGS,
  SAVE,
  SPREADSHEET_SAFE,
} from './run-flags.ts'
import { STEERING_COMMANDS } from './steering-commands.ts'
import { TASK_COMMANDS } from './task-commands.ts'

const RUN_ID: ArgumentSpec = { name: 'run', text: 'argument.run' }

/** The model has another default for cpu jobs, which the table of fields cannot say. */
const parallelismFlags = (defaultModel: string): FlagSpec[] =>
  fieldFlags(parallelismFields).map(flag =>
    flag.flag === 'model' ? { ...flag, defaultText: defaultModel } : flag,
  )

/** Given anew where neither the command line nor the file has a default: what was saved stays. */
const withoutDefaults = (flags: readonly FlagSpec[]): FlagSpec[] =>
  flags.map(({ defaultText: _, ...flag }) => flag)

const permissionFlags: readonly FlagSpec[] = fieldFlags(crawlFields).filter(
  flag => flag.field?.field.permission === true,
)

const header: FlagSpec = permissionFlags.find(({ flag }) => flag === 'header')!

const crawl: CommandSpec = {
  name: 'crawl',
  text: 'command.crawl',
  args: [{ name: 'input', text: 'argument.input', isRepeated: true }],
  flags: [...fieldFlags(crawlFields), ...parallelismFlags('loop'), SAVE, RESUME, HEADER_FILE, ...RUN_FLAGS],
  laterFlags: ['warc', 'follow', 'scope', 'include', 'exclude'],
  examples: [
    { line: 'interleave crawl urls.txt --out results.jsonl', text: 'example.crawl.list' },
    {
      line: 'interleave crawl pages.csv --column url --model processes --out pages.db',
      text: 'example.crawl.csv',
    },
    {
      line: 'cat urls.txt | interleave crawl - --extract title --out - | jq .title',
      text: 'example.crawl.stdin',
    },
    { line: 'interleave crawl urls.txt --retries 5 --save nightly.ilv.json', text: 'example.crawl.save' },
  ],
  load: () => import('./commands/crawl.ts'),
}

/** What stands for values of a load, more exactly than their type says. */
const LOAD_VALUES: Readonly<Record<string, Partial<FlagSpec>>> = {
  to: { value: 'URI' },
  key: { value: 'TEMPLATE' },
  value: { value: 'TEMPLATE' },
  score: { value: 'TEMPLATE' },
  batch: { value: 'N|auto', defaultText: 'auto' },
  'max-rejects': { value: 'N|P%' },
}
const loadFlags: readonly FlagSpec[] = fieldFlags(loadFields).map(flag => ({
  ...flag,
  ...LOAD_VALUES[flag.flag],
}))

const load: CommandSpec = {
  name: 'load',
  text: 'command.load',
  args: [{ name: 'file', text: 'argument.file', isRepeated: true }],
  flags: [...loadFlags, ...parallelismFlags('loop'), SAVE, RESUME, ...LOAD_FLAGS],
  examples: [
    { line: 'interleave load data.txt', text: 'example.load.plain' },
    { line: 'interleave load data.txt --to redis://127.0.0.1:6379', text: 'example.load.redis' },
    {
      line: 'interleave load a.csv --to redis://localhost --command hset --key u:{field:id}',
      text: 'example.load.hset',
    },
    { line: 'interleave load data.txt --to redis://127.0.0.1:6379 --dry-run', text: 'example.load.dryRun' },
    {
      line: 'interleave load data.txt.rejects.jsonl --to redis://127.0.0.1:6379',
      text: 'example.load.rejects',
    },
  ],
  load: () => import('./commands/load.ts'),
}

const cpu: CommandSpec = {
  name: 'cpu',
  text: 'command.cpu',
  args: [],
  flags: [...fieldFlags(cpuFields), ...parallelismFlags('processes'), SAVE, RESUME, ...RUN_FLAGS],
  examples: [
    { line: 'interleave cpu --kernel primes', text: 'example.cpu.plain' },
    { line: 'interleave cpu --kernel sha256 --tasks 2000 --model threads', text: 'example.cpu.threads' },
    {
      line: 'interleave cpu --kernel json --io-ratio 0.5 --model hybrid --in-flight 8',
      text: 'example.cpu.mixed',
    },
  ],
  load: () => import('./commands/cpu.ts'),
}

const run: CommandSpec = {
  name: 'run',
  text: 'command.run',
  args: [{ name: 'job.ilv.json', text: 'argument.job' }],
  flags: [...withoutDefaults(parallelismFlags('')), ...permissionFlags, RESUME, ...ANY_RUN_FLAGS],
  examples: [
    { line: 'interleave run nightly.ilv.json', text: 'example.run.plain' },
    { line: 'interleave run nightly.ilv.json --model hybrid --processes 2', text: 'example.run.model' },
    { line: 'interleave run nightly.ilv.json --out nightly.csv --force', text: 'example.run.out' },
  ],
  load: () => import('./commands/run.ts'),
}

const resume: CommandSpec = {
  name: 'resume',
  text: 'command.resume',
  args: [RUN_ID],
  flags: [
    ...withoutDefaults(parallelismFlags('')),
    header,
    ...withoutDefaults(loadFlags.filter(({ flag }) => flag === 'max-rejects')),
    ...withoutDefaults(ANY_RUN_FLAGS),
  ],
  examples: [
    { line: 'interleave resume latest', text: 'example.resume.latest' },
    { line: 'interleave resume 20261122-1305 --in-flight 128', text: 'example.resume.id' },
    { line: 'interleave crawl urls.txt --out results.jsonl --resume', text: 'example.resume.same' },
  ],
  load: () => import('./commands/resume.ts'),
}

const loadRuns = () => import('./commands/runs.ts')

const runs: CommandSpec = {
  name: 'runs',
  text: 'command.runs',
  args: [],
  flags: [JSON_DOCUMENT],
  examples: [
    { line: 'interleave runs', text: 'example.runs.list' },
    { line: 'interleave runs show latest', text: 'example.runs.show' },
    { line: 'interleave runs export latest --out results.csv', text: 'example.runs.export' },
    { line: 'interleave runs delete 20261122-1305', text: 'example.runs.delete' },
  ],
  load: async () => ({ run: (await loadRuns()).list }),
  subcommands: [
    {
      name: 'list',
      text: 'command.runs.list',
      args: [],
      flags: [JSON_DOCUMENT],
      examples: [{ line: 'interleave runs list --json', text: 'example.runs.list' }],
      load: async () => ({ run: (await loadRuns()).list }),
    },
    {
      name: 'show',
      text: 'command.runs.show',
      args: [RUN_ID],
      flags: [JSON_DOCUMENT],
      examples: [{ line: 'interleave runs show latest', text: 'example.runs.show' }],
      load: async () => ({ run: (await loadRuns()).show }),
    },
    {
      name: 'export',
      text: 'command.runs.export',
      args: [RUN_ID],
      flags: [OUT, FORCE, APPEND, SPREADSHEET_SAFE, JSON_DOCUMENT, QUIET],
      examples: [
        { line: 'interleave runs export latest --out results.csv', text: 'example.runs.export' },
        { line: 'interleave runs export latest --out run.trace.json', text: 'example.runs.exportTrace' },
      ],
      load: async () => ({ run: (await loadRuns()).exportRun }),
    },
    {
      name: 'delete',
      text: 'command.runs.delete',
      args: [RUN_ID],
      flags: [JSON_DOCUMENT, QUIET],
      examples: [{ line: 'interleave runs delete 20261122-1305', text: 'example.runs.delete' }],
      load: async () => ({ run: (await loadRuns()).remove }),
    },
    ...STEERING_COMMANDS,
    ...TASK_COMMANDS,
  ],
}

const inspect: CommandSpec = {
  name: 'inspect',
  text: 'command.inspect',
  args: [{ name: 'input', text: 'argument.anyInput', isRepeated: true }],
  flags: [JSON_DOCUMENT],
  examples: [
    { line: 'interleave inspect urls.csv.gz', text: 'example.inspect.file' },
    { line: 'interleave inspect ./exports', text: 'example.inspect.folder' },
    { line: 'interleave inspect data.jsonl --json', text: 'example.inspect.json' },
  ],
  load: () => import('./commands/inspect.ts'),
}

const demo: CommandSpec = {
  name: 'demo',
  text: 'command.demo',
  args: [],
  flags: [JSON_DOCUMENT, QUIET],
  examples: [
    { line: 'interleave demo', text: 'example.demo.plain' },
    { line: 'interleave demo --json', text: 'example.demo.json' },
  ],
  load: () => import('./commands/demo.ts'),
}

const doctor: CommandSpec = {
  name: 'doctor',
  text: 'command.doctor',
  args: [],
  flags: [JSON_DOCUMENT],
  examples: [
    { line: 'interleave doctor', text: 'example.doctor.plain' },
    { line: 'interleave doctor --json', text: 'example.doctor.json' },
  ],
  load: () => import('./commands/doctor.ts'),
}

const serve: CommandSpec = {
  name: 'serve',
  text: 'command.serve',
  args: [],
  flags: [PORT, OPEN, READ_ONLY, CODE, QUIET],
  examples: [
    { line: 'interleave serve', text: 'example.serve.plain' },
    { line: 'interleave serve --open', text: 'example.serve.open' },
    { line: 'interleave serve --port 8800 --read-only', text: 'example.serve.readOnly' },
    { line: 'interleave serve --code', text: 'example.serve.code' },
  ],
  load: () => import('./commands/serve.ts'),
}

const later = (name: string, text: CommandSpec['text']): CommandSpec => ({
  name,
  text,
  args: [],
  flags: [],
  examples: [],
})

const compare = compareCommand(withoutDefaults([...parallelismFlags(''), ...permissionFlags]), [
  {
    name: 'crawl',
    args: crawl.args,
    flags: [...fieldFlags(crawlFields), ...parallelismFlags('loop')],
    example: {
      line: 'interleave compare crawl urls.txt --models threads,loop:1x1x10,loop:1x1x50',
      text: 'example.compare.crawl',
    },
  },
  {
    name: 'load',
    args: load.args,
    // What is read again afterwards is no part of what is measured.
    flags: [...loadFlags.filter(({ flag }) => flag !== 'verify'), ...parallelismFlags('loop')],
    example: {
      line: 'interleave compare load a.txt --model processes --sweep processes=1..4',
      text: 'example.compare.load',
    },
  },
  {
    name: 'cpu',
    args: cpu.args,
    flags: [...fieldFlags(cpuFields), ...parallelismFlags('processes')],
    example: {
      line: 'interleave compare cpu --kernel primes --models sequential,threads,processes',
      text: 'example.compare.cpu',
    },
  },
])

/** Every command, in the order in which `--help` lists them. */
export const COMMANDS: readonly CommandSpec[] = [
  crawl,
  load,
  cpu,
  run,
  compare,
  resume,
  runs,
  inspect,
  serve,
  later('worker', 'command.worker'),
  demo,
  doctor,
]
