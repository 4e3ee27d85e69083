import { removeSocket, runsWithSockets } from '../control/live-sockets.ts'
import { whileUnlocked } from '../journal/lock.ts'
import { isRunId, runPaths } from '../journal/run-paths.ts'

/** Removes sockets whose owners died without a word. While nobody can become the owner of a run, nobody listens for it. */
export function sweepSockets(dataDir: string): void {
  for (const runId of runsWithSockets(dataDir).filter(isRunId)) {
    whileUnlocked(runPaths(dataDir, runId), isOwned => {
      if (!isOwned) removeSocket(dataDir, runId)
    })
  }
}
