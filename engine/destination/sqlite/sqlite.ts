import { JobError } from '../../../shared/model/error.ts'
import { parseTarget, type SqliteTarget } from '../../../shared/model/load-target.ts'
import type { DestinationKind, DestinationRequest } from '../destination.ts'
import { openSqliteControl } from './sqlite-control.ts'
import { openSqliteVerifier } from './sqlite-verifier.ts'
import { openSqliteWriter } from './sqlite-writer.ts'

/** A table of an SQLite file, which is made when it is missing; see docs/decisions/0016-sqlite-destination.md. */
export const sqliteDestination: DestinationKind = {
  kind: 'sqlite',
  openControl: async request => openSqliteControl(request, targetOf(request)),
  openWriter: async (request, context) =>
    request.pass === 'verify'
      ? openSqliteVerifier(request, targetOf(request), context)
      : openSqliteWriter(request, targetOf(request), context),
}

function targetOf({ options }: DestinationRequest): SqliteTarget {
  const target = options.to === null ? null : parseTarget(options.to).target
  if (target?.kind !== 'sqlite')
    throw new JobError('E_CONFIG', `${options.to ?? 'no destination'} is not an SQLite file`)
  return target
}
