import type { DestinationRequest, WriterContext } from '../../../engine/destination/destination.ts'
import { makeCounters } from '../../../shared/model/counters.ts'
import type { LoadOptions } from '../../../shared/model/fields/load.ts'
import { NO_SECRETS } from '../../../shared/model/job.ts'
import { makeLoadOptions } from './load-records.ts'

export const makeWriterContext = (given: Partial<WriterContext> = {}): WriterContext => ({
  segment: 1,
  nowMs: () => 0,
  counters: makeCounters(),
  onStalled: () => undefined,
  onRewind: () => undefined,
  onFailed: () => undefined,
  onRoom: () => undefined,
  ...given,
})

export const makeDestinationRequest = (
  options: Partial<LoadOptions> = {},
  pass: DestinationRequest['pass'] = 'write',
): DestinationRequest => ({
  runId: 'run-1',
  options: makeLoadOptions(options),
  pass,
  secrets: NO_SECRETS,
})
