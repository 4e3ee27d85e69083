import { describe, expect, it } from 'vitest'
import { faultOf, jobErrorOf, waitingFor } from '../../../../../engine/destination/redis/server-fault.ts'

describe('faultOf', () => {
  it.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", 'destination'],
    ['MISCONF Redis is configured to save RDB snapshots, but it is unable to persist to disk', 'destination'],
    ['LOADING Redis is loading the dataset in memory', 'destination'],
    ['BUSY Redis is busy running a script', 'destination'],
    ['MASTERDOWN Link with MASTER is down', 'destination'],
    ['NOREPLICAS Not enough good replicas to write.', 'destination'],
    ['CLUSTERDOWN Hash slot not served', 'destination'],
    ['TRYAGAIN Multiple keys request during rehashing of slot', 'destination'],
    ["READONLY You can't write against a read only replica.", 'connection'],
    ['NOAUTH Authentication required.', 'connection'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'connection'],
    ['MOVED 3999 127.0.0.1:6381', 'job'],
    ['ASK 3999 127.0.0.1:6381', 'job'],
    ["CROSSSLOT Keys in request don't hash to the same slot", 'job'],
    ["NOPERM User w has no permissions to run the 'set' command", 'job'],
    ["NOPERM this user has no permissions to run the 'set' command or its subcommand", 'job'],
    ["ERR The user executing the script can't run this command or subcommand", 'job'],
    ["ERR unknown command 'JSON.SET', with args beginning with: ", 'job'],
    ['NOSCRIPT No matching script.', 'script'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'data'],
    ['NOPERM No permissions to access a key', 'data'],
    ['ERR value is not an integer or out of range', 'data'],
    ['BUSYGROUP Consumer Group name already exists', 'data'],
    ['', 'data'],
  ])('%s is of %s', (text, fault) => {
    expect(faultOf(text)).toBe(fault)
  })
})

describe('waitingFor', () => {
  it('tells a full destination from one that is down', () => {
    expect([waitingFor('OOM no'), waitingFor('LOADING x'), waitingFor('connect ECONNREFUSED')]).toEqual([
      { code: 'E_DEST_FULL', message: 'Redis: OOM no', retryable: true },
      { code: 'E_DEST_DOWN', message: 'Redis: LOADING x', retryable: true },
      { code: 'E_DEST_DOWN', message: 'Redis: connect ECONNREFUSED', retryable: true },
    ])
  })
})

describe('jobErrorOf', () => {
  it('says what is to be done', () => {
    expect(jobErrorOf('MOVED 1 host:1', 'write')).toMatchObject({
      code: 'E_CONFIG',
      message: expect.stringMatching(/cluster is not supported/) as string,
    })
    expect(
      jobErrorOf("NOPERM User w has no permissions to run the 'set' command", 'write the records'),
    ).toMatchObject({
      code: 'E_CONFIG',
      message: expect.stringMatching(/let this user write the records.*ACL/) as string,
    })
  })
})
