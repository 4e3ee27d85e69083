import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInterleave } from '../harness/interleave.ts'
import { lineText, writeLines } from '../harness/line-file.ts'
import { startRedis, type Redis } from '../harness/redis.ts'
import { runRounds } from '../harness/rounds.ts'
import { runCommand, type Measured } from '../harness/run-command.ts'
import {
  atLeast,
  atMost,
  type BenchOptions,
  type Contender,
  type Report,
  type Sample,
  type Scenario,
} from '../harness/scenario.ts'
import { PYTHON } from '../setup.ts'

const MILLION = 1_000_000
/** Lines the article's script gets unless everything runs at full size: it needs half a minute for a million. */
const SCRIPT_LINES = 100_000
const MEGABYTE = 1e6
const SCRIPT = fileURLToPath(new URL('../peers/article_load.py', import.meta.url))

/** Writes lines as SET commands; lengths are of bytes, which is what the C locale makes of them. */
const AWK_RESP = String.raw`BEGIN { ORS = "" } { k = NR - 1; printf "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", length(k), k, length($0), $0 }`

interface Field {
  readonly options: BenchOptions
  readonly redis: Redis
  readonly fileOf: (lines: number) => string
}

function sampleOf(lines: number, { seconds, cpuSec, peakRssBytes }: Measured): Sample {
  return {
    value: lines / seconds,
    also: { lines, seconds, 'client CPU ms/1k': (cpuSec * 1e6) / lines, 'RSS MB': peakRssBytes / MEGABYTE },
  }
}

/** @throws Error when Redis does not hold the file. */
function check(redis: Redis, name: string, lines: number): void {
  const last = lines - 1
  if (redis.keyCount() !== lines) throw new Error(`${name}: ${redis.keyCount()} of ${lines} keys`)
  if (redis.get(String(last)) !== lineText(last)) throw new Error(`${name}: key ${last} is wrong`)
}

/** Empties Redis before, checks what it holds after; only the load itself is measured. */
function contender(
  { redis }: Field,
  {
    name,
    lines,
    load,
  }: { readonly name: string; readonly lines: number; readonly load: () => Promise<Measured> },
): Contender {
  return {
    name,
    run: async () => {
      redis.flush()
      const measured = await load()
      check(redis, name, lines)
      return sampleOf(lines, measured)
    },
  }
}

function interleave(
  field: Field,
  lines: number,
  extra: { name: string; args: readonly string[] },
): Contender {
  const { redis, options, fileOf } = field
  const args = ['load', fileOf(lines), '--to', `redis://127.0.0.1:${redis.port}/0`, ...extra.args]
  return contender(field, {
    name: extra.name,
    lines,
    load: async () => (await runInterleave({ args, core: null, workDir: options.workDir })).measured,
  })
}

function redisCli(field: Field, lines: number): Contender {
  const pipe = `LC_ALL=C awk '${AWK_RESP}' "$1" | redis-cli -p ${field.redis.port} --pipe`
  return contender(field, {
    name: 'awk | redis-cli --pipe',
    lines,
    load: () => runCommand({ line: ['sh', '-c', pipe, 'sh', field.fileOf(lines)], core: null }),
  })
}

function articleScript(field: Field, lines: number): Contender {
  const { redis, fileOf } = field
  const line = [PYTHON, SCRIPT, '--port', String(redis.port), '--file', fileOf(lines)] as const
  return contender(field, {
    name: "the article's script",
    lines,
    load: () => runCommand({ line: [...line], core: null }),
  })
}

async function compare(options: BenchOptions, lines: number): Promise<Report> {
  await using redis = await startRedis(options.workDir, null)
  const written = new Map<number, string>()
  const fileOf = (count: number): string => {
    const file = written.get(count) ?? join(options.workDir, `lines-${count}.txt`)
    if (!written.has(count)) writeLines(file, count)
    written.set(count, file)
    return file
  }
  const field = { options, redis, fileOf }
  const scriptLines = options.isFull ? lines : Math.min(lines, SCRIPT_LINES)
  const rounds = await runRounds(
    [
      interleave(field, lines, { name: 'interleave', args: [] }),
      redisCli(field, lines),
      interleave(field, lines, { name: 'interleave, 2 processes', args: ['--model', 'processes'] }),
      articleScript(field, scriptLines),
    ],
    options.rounds,
  )
  const peak = Math.max(...rounds.samples('interleave').map(sample => sample.also['RSS MB']!))
  return {
    rows: rounds.table('lines/s', 'awk | redis-cli --pipe'),
    goals: [
      atLeast('interleave / awk | redis-cli --pipe', rounds.ratio('interleave', 'awk | redis-cli --pipe'), 1),
      atLeast("interleave / the article's script", rounds.ratio('interleave', "the article's script"), 20),
      atMost('memory of the process tree, MB', peak, 300),
    ],
    notes: [
      'lines of 100 bytes, whole processes with their start, redis-server without persistence, all cores for everyone',
      ...(scriptLines === lines
        ? []
        : [`the script loads ${scriptLines} lines; its rate does not depend on how many`]),
    ],
  }
}

export const loadRedis: Scenario = {
  name: 'load',
  title: 'load a million lines into Redis',
  run: options => compare(options, options.isQuick ? MILLION / 10 : MILLION),
}

/** A gigabyte of lines, about two in Redis. */
export const loadRedisLarge: Scenario = {
  name: 'load-10m',
  title: 'load ten million lines into Redis',
  run: options => compare(options, options.isQuick ? MILLION : 10 * MILLION),
}
