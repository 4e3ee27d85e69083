import { expect, it } from 'vitest'
import { isNetworkFileSystem } from '../../../../../engine/destination/sqlite/open-database.ts'
import { quoted, sameName } from '../../../../../engine/destination/sqlite/names.ts'

it('knows file systems that several machines write to', () => {
  const nfs = 0x6969
  const smb2 = 0xfe534d42
  const ext4 = 0xef53
  const temporary = 0x01021994
  expect([nfs, smb2, ext4, temporary].map(isNetworkFileSystem)).toEqual([true, true, false, false])
})

it('compares names as SQLite does: letters outside A to Z keep their case', () => {
  expect(sameName('Größe ÄÖ "Name"')).toBe('größe ÄÖ "name"')
  expect(quoted('a"; DROP TABLE b; --')).toBe('"a""; DROP TABLE b; --"')
})
