import { describe, expect, it } from 'vitest'

import { mayAsk } from '../../../../shared/contract/access.ts'
import { connect } from '../../../../shared/contract/connect.ts'
import { contract, type CommandName, type StreamName } from '../../../../shared/contract/contract.ts'
import { makeMemoryWires } from '../../../../shared/contract/memory-wire.ts'
import { serve } from '../../../../shared/contract/serve.ts'
import { makeHandlers } from '../../../support/contract/handlers.ts'

const NAMES = Object.keys(contract) as (CommandName | StreamName)[]

describe('access', () => {
  it('lets whoever may only look ask for this, and whoever may do everything for all', () => {
    expect(NAMES.filter(name => mayAsk('read', name)).sort()).toMatchInlineSnapshot(`
      [
        "compare.list",
        "compare.show",
        "compare.watch",
        "host.inspect",
        "host.storage",
        "job.decide",
        "run.events",
        "run.history",
        "run.spans",
        "runs.list",
        "runs.show",
        "runs.watch",
        "sessions.list",
        "settings.get",
        "tasks.breakdown",
        "tasks.page",
        "tasks.pivot",
        "tasks.show",
        "tasks.stream",
      ]
    `)
    expect(NAMES.every(name => mayAsk('control', name))).toBe(true)
  })

  it('is asked before anything of an input is looked at, for commands and streams', async () => {
    const [hostEnd, viewEnd] = makeMemoryWires()
    serve(makeHandlers({ 'runs.list': async () => [] }), hostEnd, { access: 'read' })
    const client = connect(viewEnd)
    await expect(client.call('run.stop', { nonsense: true } as never)).rejects.toThrow(
      expect.objectContaining({ code: 'E_AUTH' }) as Error,
    )
    expect(await client.call('runs.list', {})).toEqual([])
    client.close()
  })
})
