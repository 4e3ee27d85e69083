import { describe, expect, it } from 'vitest'

import { SignIns } from '../../../../headless/web/sign-ins.ts'

function makeSignIns() {
  const clock = { nowMs: 0 }
  const signIns = new SignIns({ nowMs: () => clock.nowMs, codeMs: 60_000, ticketMs: 30_000 })
  return { signIns, clock }
}

describe('SignIns', () => {
  it('exchanges a code once, for a session with the access that the code grants', () => {
    const { signIns } = makeSignIns()
    const code = signIns.makeCode('read')
    const first = signIns.redeemCode(code, 'Firefox')
    expect(first?.session).toMatchObject({ access: 'read', agent: 'Firefox' })
    expect(signIns.redeemCode(code, 'Firefox')).toBe(null)
    expect(signIns.sessionOf(first!.token)).toBe(first!.session)
  })

  it('exchanges no code that is a minute old', () => {
    const { signIns, clock } = makeSignIns()
    const [early, late] = [signIns.makeCode('control'), signIns.makeCode('control')]
    clock.nowMs = 59_999
    expect(signIns.redeemCode(early, '')).not.toBe(null)
    clock.nowMs = 60_000
    expect(signIns.redeemCode(late, '')).toBe(null)
  })

  it('knows no token but those it gave, and takes none of them for a code or a ticket', () => {
    const { signIns } = makeSignIns()
    const { token, session } = signIns.redeemCode(signIns.makeCode('control'), '')!
    const ticket = signIns.makeTicket(session)
    expect([
      signIns.sessionOf(''),
      signIns.sessionOf(`${token}x`),
      signIns.sessionOf(session.sessionId),
      signIns.sessionOf(ticket),
      signIns.redeemCode(token, ''),
      signIns.redeemTicket(token),
    ]).toEqual([null, null, null, null, null, null])
  })

  it('takes a ticket once, within half a minute', () => {
    const { signIns, clock } = makeSignIns()
    const { session } = signIns.redeemCode(signIns.makeCode('control'), '')!
    const [used, late] = [signIns.makeTicket(session), signIns.makeTicket(session)]
    expect([signIns.redeemTicket(used), signIns.redeemTicket(used)]).toEqual([session, null])
    clock.nowMs = 30_000
    expect(signIns.redeemTicket(late)).toBe(null)
  })

  it('ends what a session has when it is revoked, and tells of it', () => {
    const { signIns } = makeSignIns()
    const told: string[] = []
    signIns.onRevoked(sessionId => told.push(sessionId))
    const { token, session } = signIns.redeemCode(signIns.makeCode('control'), '')!
    const ticket = signIns.makeTicket(session)
    signIns.revoke(session.sessionId)
    expect([signIns.sessionOf(token), signIns.redeemTicket(ticket), told]).toEqual([
      null,
      null,
      [session.sessionId],
    ])
    expect(() => signIns.revoke(session.sessionId)).toThrow(expect.objectContaining({ code: 'E_NOT_FOUND' }))
  })

  it('lists sessions, says which is one’s own, and shows no token', () => {
    const { signIns } = makeSignIns()
    const [one, two] = ['a', 'b\u001b[2J'].map(agent =>
      signIns.redeemCode(signIns.makeCode('control'), agent)!,
    )
    const list = signIns.list(two!.session.sessionId)
    expect(list.map(({ isOwn, agent }) => ({ isOwn, agent }))).toEqual([
      { isOwn: false, agent: 'a' },
      { isOwn: true, agent: 'b\\u001b[2J' },
    ])
    expect(JSON.stringify(list)).not.toContain(one!.token)
  })

  it('keeps a bounded number of sessions, the newest', () => {
    const { signIns } = makeSignIns()
    const tokens = Array.from({ length: 70 }, () => signIns.redeemCode(signIns.makeCode('read'), '')!.token)
    expect(signIns.list('').length).toBe(64)
    expect([signIns.sessionOf(tokens[0]!), signIns.sessionOf(tokens[69]!)?.access]).toEqual([null, 'read'])
  })

  it('never gives a secret twice', () => {
    const { signIns } = makeSignIns()
    const codes = new Set(Array.from({ length: 5_000 }, () => signIns.makeCode('control')))
    expect(codes.size).toBe(5_000)
    expect([...codes].every(code => /^[\w-]{43}$/.test(code))).toBe(true)
  })
})
