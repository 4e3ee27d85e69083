import { describe, expect, it } from 'vitest'

import { withoutUserinfo } from '../../../../shared/model/userinfo.ts'

describe('withoutUserinfo', () => {
  it.each([
    ['http://u:p@h/x@y', 'http://***@h/x@y'],
    ['http:\\\\u:p@h', 'http:\\\\***@h'],
    ['http:u:p@h/', 'http:***@h/'],
    ['ftp://u:p@h', 'ftp://***@h'],
    ['//u:p@h/x', '//***@h/x'],
    [' https://u:p@q@[::1]:80/', ' https://***@[::1]:80/'],
    // Not encoded, so that nobody can tell where the password ends.
    ['http://u:p/q@h/x', 'http://***@h/x'],
    ['http://u:p?q#r@h', 'http://***@h'],
    ['u:p/q@h', 'u:***@h'],
    ['u:p@h', 'u:***@h'],
    ['p@h', '***@h'],
  ])('takes out of %j what may be a password', (text, bare) => {
    expect(withoutUserinfo(text)).toBe(bare)
  })

  it.each([
    'http://h/a@b',
    'http://h:80/?to=a@b',
    'http://[::1]:80/a@b',
    'https://h#a@b',
    'ftp://h/a@b',
    '/home/a@b/urls.txt',
    'no sign',
  ])('leaves %j as it is', text => {
    expect(withoutUserinfo(text)).toBe(text)
  })
})
