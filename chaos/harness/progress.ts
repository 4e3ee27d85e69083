import type { RunSummary, RunTick } from '../../shared/model/run.ts'
import type { RunningCommand } from '../../tests/support/running-command.ts'

/** @returns Tasks settled as the last tick has it; `null` before the first. */
export function settledOf(command: RunningCommand): number | null {
  const tick = command.events.findLast(({ type }) => type === 'tick') as RunTick | undefined
  return tick === undefined ? null : tick.tasks.total - tick.tasks.remaining
}

/** @returns The summary it ended with; `undefined` when it was killed before. */
export const summaryOf = (command: RunningCommand): RunSummary | undefined =>
  command.events.findLast(({ type }) => type === 'run.summary') as RunSummary | undefined

/** @returns Ids of its workers' processes that run, as far as it has told of them. */
export function livingWorkers(command: RunningCommand): number[] {
  const started = command.events.filter(({ type }) => type === 'worker.started').map(({ pid }) => Number(pid))
  const living = new Set(command.descendants)
  return [...new Set(started)].filter(pid => living.has(pid))
}

/** @returns How often it told of a worker that was lost: killed, crashed or silent. */
export const lossesOf = (command: RunningCommand): number =>
  command.events.filter(({ type, reason }) => type === 'worker.exited' && !String(reason).startsWith('ended'))
    .length
