import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandFolder } from '../../tests/support/command-folder.ts'
import { isGroupGone } from '../../tests/support/process-group.ts'
import type { RunningCommand } from '../../tests/support/running-command.ts'
import { settledOf } from './progress.ts'
import { between } from './random.ts'
import { atLeast, type ChaosContext, type Check } from './scenario.ts'

/** A kill at a settled fraction comes up to so long after the tick that told of it, since ticks are 200 ms apart. */
const AFTER_TICK_MS = 200
/** This share of kills hits a command that is only starting. */
const EARLY_RATIO = 0.2
const EARLY_WITHIN_MS = 700
const LONGEST_SHOWN = 1_000

export interface KilledRun {
  readonly folder: CommandFolder
  /** What starts the run; afterwards it is `resume latest`. */
  readonly args: readonly string[]
  readonly total: number
  readonly kills: number
  /** While a command runs; resolves when it has ended. */
  readonly during?: (command: RunningCommand) => Promise<void>
  /** After each kill, when no process is left. */
  readonly afterKill?: () => Promise<void> | void
}

export interface KilledOutcome {
  /** Exit code of the last, undisturbed resume. */
  readonly code: number | null
  readonly stderr: string
  /** What those said that ended by themselves before they were killed, and not well. */
  readonly refusals: readonly string[]
  /** Kills that hit a running command. */
  readonly kills: number
  /** Longest time from the start of a resume to the first tick that told of something new, in milliseconds. */
  readonly slowestProgressMs: number
}

/**
 * Starts a run, kills its whole process group at random settled fractions, goes on with `resume` each time, and lets the
 * last one end.
 *
 * @throws Error when a process outlives the kill of its group.
 */
export async function runWithKills(context: ChaosContext, run: KilledRun): Promise<KilledOutcome> {
  const { random, tell } = context
  const { folder, args, total } = run
  const plans = planKills(random, run.kills)
  const refusals: string[] = []
  let kills = 0
  let settled = 0
  let slowestProgressMs = 0
  for (let kill = 0; ; kill += 1) {
    const command = folder.start([...(kill === 0 ? args : ['resume', 'latest']), '--events'])
    const disturbed = run.during?.(command)
    const plan = plans[kill]
    if (plan === undefined) {
      const { code, stderr } = await command.ended
      await disturbed
      return { code, stderr, refusals, kills, slowestProgressMs }
    }
    const startedMs = performance.now()
    if (!plan.isEarly) {
      const goesOn = await reaches(command, settled + 1)
      if (goesOn && kill > 0) slowestProgressMs = Math.max(slowestProgressMs, performance.now() - startedMs)
      await reaches(command, Math.floor(total * plan.ratio))
    }
    await Promise.race([sleep(plan.delayMs), command.ended])
    if (!command.hasEnded) kills += 1
    command.killGroup()
    const { code, stderr } = await command.ended
    if (code !== null && code !== 0) refusals.push(`exit code ${code}: ${stderr.slice(-LONGEST_SHOWN)}`)
    await disturbed
    settled = Math.max(settled, settledOf(command) ?? 0)
    if (!(await isGroupGone(command.pid, 5_000))) throw new Error('a process outlived the kill of its group')
    tell(`kill ${kills} of ${run.kills} at ${settled} of ${total}`)
    await run.afterKill?.()
  }
}

/** No command ended by itself but the last, and that one well; a verdict that it was not so has what they said. */
export function endedWell({ code, stderr, refusals }: KilledOutcome): Check {
  const last = code === 0 ? [] : [`exit code ${code}: ${stderr.slice(-LONGEST_SHOWN)}`]
  return { text: ['ends', ...refusals, ...last].join('\n'), holds: refusals.length + last.length === 0 }
}

/** A short run may be over before its last kill, which is no fault of it. */
export const enoughKills = ({ size }: ChaosContext, kills: number, planned: number): Check =>
  atLeast('kills that hit it while it ran', kills, size === 'full' ? planned : 1)

interface KillPlan {
  /** 0..1 of all tasks. */
  readonly ratio: number
  /** Hits a command that is only starting, whatever is settled. */
  readonly isEarly: boolean
  readonly delayMs: number
}

/** Drawn before anything runs, so that how fast things go does not change what is drawn. */
function planKills(random: () => number, kills: number): KillPlan[] {
  return Array.from({ length: kills }, (_, kill) => {
    const ratio = (kill + random()) / (kills + 1)
    // A run that was never begun cannot be resumed.
    const isEarly = random() < EARLY_RATIO && kill > 0
    return { ratio, isEarly, delayMs: between(random, 0, isEarly ? EARLY_WITHIN_MS : AFTER_TICK_MS) }
  })
}

/** @returns Whether it settled so many before it ended. */
async function reaches(command: RunningCommand, count: number): Promise<boolean> {
  try {
    await command.settled(count)
    return true
  } catch (error) {
    if (command.hasEnded) return false
    throw error
  }
}
