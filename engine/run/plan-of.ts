import type { Parallelism } from '../../shared/model/fields/parallelism.ts'
import { ChunkPlanner } from '../plan/chunk.ts'
import { DynamicPlanner, type SettledView } from '../plan/dynamic.ts'
import type { Planner } from '../plan/planner.ts'
import { StridePlanner } from '../plan/stride.ts'
import type { Supply } from '../plan/supply.ts'

/** @returns The planner of the run's partition scheme. */
export function plannerOf(parallelism: Parallelism, supply: Supply, settled: SettledView): Planner {
  const workers = parallelism.processes * parallelism.threads
  switch (parallelism.partition) {
    case 'dynamic':
      return new DynamicPlanner(supply, settled)
    case 'chunk':
      // All of the input is one chunk, which need not be known before it begins.
      return workers === 1 ? new DynamicPlanner(supply, settled) : new ChunkPlanner(supply, workers)
    case 'stride':
      return new StridePlanner(supply, workers)
  }
}
