import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { readCommitted } from '../../engine/journal/committed.ts'
import { readJournal, type JournalState } from '../../engine/journal/journal-state.ts'
import { runPaths, type RunPaths } from '../../engine/journal/run-paths.ts'
import { SettledBitmap } from '../../engine/journal/settled-bitmap.ts'
import { CompletionFeed } from '../../engine/records/record-feed.ts'
import { RecordsService } from '../../engine/records/records-service.ts'
import { SegmentPool } from '../../engine/records/segment-pool.ts'
import { START } from '../../engine/sink/record-sink.ts'
import { failureOf } from '../../shared/model/error.ts'
import { Disk, type Loss } from './disk.ts'
import { readCalls, STRACE_OPTIONS } from './system-calls.ts'

/** What is left of a run after power losses. */
export interface PowerLossTally {
  images: number
  /** Images from before the run existed. */
  unborn: number
  /** Images in which less was settled than the moment before. */
  shortened: number
  /** The longest time before a power loss whose work was lost, in seconds. */
  lostSec: number
  readonly faults: string[]
}

/**
 * What a process may lose that syncs its work within half a second, traced: strace makes each call take several times as
 * long, and on a busy machine longer still. What was really lost is among the figures.
 */
const MOST_LOST_SEC = 2
/** Between two looks at what a run says. */
const LOOK_MS = 20
const LOSSES: readonly Loss[] = ['everything', 'the last part', 'sectors of 512', 'sectors of 4096']

/** A run that was recorded, call by call. */
export interface Recording {
  /** What `interleave` worked in. */
  readonly root: string
  readonly disk: Disk
  /** Moments and their times in seconds, rising. */
  readonly moments: readonly { readonly moment: number; readonly atSec: number }[]
  /** When the run had said that it began, that every task was settled, and how it ended. */
  readonly saidStarted: number
  readonly saidSettled: number
  readonly saidEnded: number
  readonly tasks: number
}

/**
 * Runs a job under `strace`, kills it in the middle, and lets a resume bring it to its end; all of it is recorded.
 *
 * @param folder Empty.
 */
export async function recordRun(
  folder: string,
  {
    command,
    tasks,
    killAtMs,
  }: { readonly command: string; readonly tasks: number; readonly killAtMs: number },
): Promise<Recording> {
  const root = join(folder, 'disk')
  mkdirSync(root)
  const common = ['--events', '--data-dir', join(root, 'data')]
  const job = [
    'cpu',
    '--kernel',
    'sha256',
    '--size',
    '20',
    '--tasks',
    String(tasks),
    '--out',
    join(root, 'out.jsonl'),
  ]
  const shape = ['--model', 'processes', '--processes', '2']
  await trace(folder, 'first', [command, ...job, ...shape, ...common], killAtMs)
  await trace(folder, 'second', [command, 'resume', 'latest', ...common], null)
  const disk = new Disk(root)
  const moments: { moment: number; atSec: number }[] = []
  let saidStarted = Infinity
  let saidSettled = Infinity
  let saidEnded = Infinity
  let base = 0
  for (const session of ['first', 'second']) {
    let last = 0
    for (const call of readCalls(join(folder, `${session}.trace`))) {
      const shifted = { ...call, begin: base + call.begin, end: base + call.end }
      last = Math.max(last, shifted.end)
      if (disk.take(shifted)) moments.push({ moment: shifted.end + 1, atSec: call.atSec })
      else if (call.paths[0] === join(folder, `${session}.out`)) {
        const said = call.bytes.toString()
        if (said.includes('"type":"run.started"')) saidStarted = Math.min(saidStarted, shifted.end)
        if (said.includes('"state":"done"')) saidSettled = Math.min(saidSettled, shifted.end)
        if (said.includes('"type":"run.summary"')) saidEnded = Math.min(saidEnded, shifted.end)
      }
    }
    base = last + 1
  }
  return { root, disk, moments, saidStarted, saidSettled, saidEnded, tasks }
}

/** @param killAtMs So long after the run has said that it began everything is killed; `null` for never. */
async function trace(
  folder: string,
  name: string,
  args: readonly string[],
  killAtMs: number | null,
): Promise<void> {
  const said = openSync(join(folder, `${name}.out`), 'w')
  const child = spawn(
    'strace',
    [...STRACE_OPTIONS, '-o', join(folder, `${name}.trace`), process.execPath, ...args],
    {
      detached: true,
      stdio: ['ignore', said, 'inherit'],
      // Requests that go past system calls would be seen by nobody.
      env: { ...process.env, UV_USE_IO_URING: '0' },
    },
  )
  const ended = once(child, 'close')
  if (killAtMs !== null) {
    // Under strace a start takes long, and how long depends on what else the machine does.
    const hasEnded = ended.then(() => true)
    while (!readFileSync(join(folder, `${name}.out`), 'utf8').includes('"type":"run.started"'))
      if (await Promise.race([hasEnded, pause(LOOK_MS, false)])) break
    await Promise.race([hasEnded, pause(killAtMs)])
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL')
  }
  await ended
  closeSync(said)
}

/** Cuts the power at random moments, and looks at what each leaves. */
export async function losePower(
  recording: Recording,
  random: () => number,
  images: number,
): Promise<PowerLossTally> {
  const tally: PowerLossTally = { images: 0, unborn: 0, shortened: 0, lostSec: 0, faults: [] }
  const history = settledHistory(recording, random)
  for (; tally.images < images; tally.images += 1) {
    const at = Math.floor(random() * recording.moments.length)
    const { moment, atSec } = recording.moments[at]!
    const loss = LOSSES[Math.floor(random() * LOSSES.length)]!
    const what = `image ${tally.images}: power lost at call ${moment}, of what was not synced ${loss} lost`
    recording.disk.restore(moment, loss, random)
    try {
      await judge(recording, { moment, atSec, history }, tally)
    } catch (error) {
      tally.faults.push(`${what}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return tally
}

interface Known {
  readonly atSec: number
  readonly settled: number
}

/** @returns What was settled when, had nothing been lost. */
function settledHistory({ disk, moments, root }: Recording, random: () => number): Known[] {
  const known: Known[] = [{ atSec: -Infinity, settled: 0 }]
  for (const [at, { moment, atSec }] of moments.entries()) {
    if (at % 10 !== 0) continue
    disk.restore(moment, 'nothing', random, path => /run\.db(-wal)?$/.test(path))
    const paths = pathsOf(root)
    if (paths === null) continue
    try {
      known.push({ atSec, settled: SettledBitmap.fromBytes(readJournal(paths).settled).count })
    } catch (error) {
      // A moment within the creation, or between two writes of the log's beginning.
      failureOf(error)
    }
  }
  return known
}

function pathsOf(root: string): RunPaths | null {
  const folder = join(root, 'data', 'runs')
  const [runId] = existsSync(folder) ? readdirSync(folder) : []
  return runId === undefined ? null : runPaths(join(root, 'data'), runId)
}

interface Moment {
  readonly moment: number
  readonly atSec: number
  readonly history: readonly Known[]
}

async function judge(
  recording: Recording,
  { moment, atSec, history }: Moment,
  tally: PowerLossTally,
): Promise<void> {
  const { root, saidStarted, saidSettled, saidEnded, tasks } = recording
  const paths = pathsOf(root)
  const found = paths === null ? null : await open(root, paths)
  if (found === null) {
    tally.unborn += 1
    if (moment > saidStarted) throw new Error('the run is not there any more')
    return
  }
  const settled = SettledBitmap.fromBytes(found.state.settled)
  const indexes = recordsOf(paths!)
  const expected = Array.from({ length: tasks }, (_, task) => task).filter(task => settled.has(task))
  if (!isSame(indexes, expected))
    throw new Error(`${indexes.length} records for ${expected.length} settled tasks`)
  if (!isSame(found.out, expected))
    throw new Error(`${found.out.length} lines in the output for ${expected.length} settled tasks`)
  if (moment > saidSettled && expected.length !== tasks) throw new Error('not every task is settled any more')
  if (moment > saidEnded && found.state.progress.state !== 'done') throw new Error('it is not done any more')
  const before = history.findLast(each => each.atSec <= atSec)!.settled
  if (expected.length < before) tally.shortened += 1
  const lastKept = history.findLast(each => each.settled <= expected.length && each.atSec <= atSec)!
  const lostSec = expected.length >= before ? 0 : atSec - lastKept.atSec
  tally.lostSec = Math.max(tally.lostSec, lostSec)
  if (lostSec > MOST_LOST_SEC) throw new Error(`${lostSec.toFixed(3)} s of work are lost`)
}

/** Takes the run up as a resume does, and lets its outputs catch up. @returns `null` when it was never begun. */
async function open(
  root: string,
  { runId }: RunPaths,
): Promise<{ state: JournalState; out: number[] } | null> {
  const service = new RecordsService({
    dataDir: join(root, 'data'),
    nowMs: () => performance.now(),
    loadDestination: () => Promise.reject(new Error('there is no destination')),
    onOutputFailure: () => undefined,
  })
  try {
    await service.open({ runId, options: null, parallelism: null })
  } catch (error) {
    if (failureOf(error).code === 'E_NOT_FOUND') return null
    throw error
  }
  await service.finish()
  const { summary } = await service.show(runId)
  const state = readJournal(runPaths(join(root, 'data'), runId))
  await service.close({ state: 'stopped', summary })
  const lines = readFileSync(join(root, 'out.jsonl'), 'utf8')
    .split('\n')
    .filter(line => line !== '')
  return { state, out: rising(lines.map(line => (JSON.parse(line) as { index: number }).index)) }
}

function recordsOf(paths: RunPaths): number[] {
  const { segments } = readCommitted(paths)
  using pool = new SegmentPool(paths, segments)
  const indexes: number[] = []
  const feed = new CompletionFeed(pool, START, row => indexes.push(row.number(0)))
  while (feed.step());
  return rising(indexes)
}

const rising = (numbers: number[]): number[] => numbers.sort((a, b) => a - b)
const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((number, at) => number === b[at])
