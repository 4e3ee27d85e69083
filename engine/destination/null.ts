import { JobError } from '../../shared/model/error.ts'
import type { DestinationKind } from './destination.ts'
import { LocalWriter } from './local-writer.ts'

/** Records are read and parsed, then dropped: shows what reading costs. */
export const nullDestination: DestinationKind = {
  kind: 'null',
  openControl: null,
  openWriter({ options, pass }, context) {
    if (pass === 'verify')
      return Promise.reject(
        new JobError('E_CONFIG', '--verify: "null:" keeps nothing that could be compared'),
      )
    return Promise.resolve(new LocalWriter({ encode: () => null }, options.batch, context))
  },
}
