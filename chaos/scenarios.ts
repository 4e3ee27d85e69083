import type { Scenario } from './harness/scenario.ts'
import { crawlEverything } from './scenarios/crawl-everything.ts'
import { crawlWorkers } from './scenarios/crawl-workers.ts'
import { damagedRuns } from './scenarios/damaged-runs.ts'
import { fewDescriptors } from './scenarios/few-descriptors.ts'
import { frozenMachine } from './scenarios/frozen-machine.ts'
import { frozenWorker } from './scenarios/frozen-worker.ts'
import { fullDisk } from './scenarios/full-disk.ts'
import { hostileServers } from './scenarios/hostile-servers.ts'
import { killedExport } from './scenarios/killed-export.ts'
import { memory } from './scenarios/memory.ts'
import { poison } from './scenarios/poison.ts'
import { powerLoss } from './scenarios/power-loss.ts'
import { redisLoad } from './scenarios/redis-load.ts'
import { redisStopped } from './scenarios/redis-stopped.ts'
import { rivals } from './scenarios/rivals.ts'
import { sqliteLoad } from './scenarios/sqlite-load.ts'
import { stops } from './scenarios/stops.ts'

export const SCENARIOS: readonly Scenario[] = [
  redisLoad,
  crawlWorkers,
  crawlEverything,
  sqliteLoad,
  frozenWorker,
  poison,
  stops,
  redisStopped,
  frozenMachine,
  damagedRuns,
  powerLoss,
  fullDisk,
  killedExport,
  rivals,
  fewDescriptors,
  hostileServers,
  memory,
]
