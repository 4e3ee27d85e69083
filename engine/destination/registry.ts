import type { LoadTarget } from '../../shared/model/load-target.ts'
import type { DestinationKind } from './destination.ts'

/** Destinations by kind. Loaded when asked for, so that a worker never pays for what it does not write to. */
const destinations: Readonly<Record<LoadTarget['kind'], () => Promise<DestinationKind>>> = {
  redis: async () => (await import('./redis/redis.ts')).redisDestination,
  sqlite: async () => (await import('./sqlite/sqlite.ts')).sqliteDestination,
  jsonl: async () => (await import('./jsonl.ts')).jsonlDestination,
  null: async () => (await import('./null.ts')).nullDestination,
}

/** @returns The two halves of this kind of destination; the job's options say which one of its kind. */
export const loadDestination = async (target: LoadTarget): Promise<DestinationKind> =>
  await destinations[target.kind]()
