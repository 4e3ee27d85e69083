import { JobError } from '../../../shared/model/error.ts'
import { parseTarget, type RedisTarget } from '../../../shared/model/load-target.ts'
import type { DestinationKind, DestinationRequest } from '../destination.ts'

/**
 * Each half is loaded by whoever needs it: writers have no use for the client library, which takes longer to load than
 * a short run takes.
 */
export const redisDestination: DestinationKind = {
  kind: 'redis',

  async openControl(request) {
    const { openRedisControl } = await import('./redis-control.ts')
    return openRedisControl(request, targetOf(request))
  },

  async openWriter(request, context) {
    const target = targetOf(request)
    if (request.pass === 'verify') {
      const { openRedisVerifier } = await import('./redis-verifier.ts')
      return openRedisVerifier(request, target, context)
    }
    const { openRedisWriter } = await import('./redis-writer.ts')
    return openRedisWriter(request, target, context)
  },
}

function targetOf({ options }: DestinationRequest): RedisTarget {
  const { target } = parseTarget(options.to ?? '')
  if (target.kind !== 'redis') throw new JobError('E_INTERNAL', `${target.kind} was taken for Redis`)
  return target
}
