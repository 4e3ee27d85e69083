import { describe, expect, it } from 'vitest'

import { readDropped } from '../../../../../renderer/views/compose/dropped-items.ts'

const READ_AT_ONCE = 100

const fileEntry = (name: string): FileSystemEntry =>
  ({
    name,
    isFile: true,
    isDirectory: false,
    file: (resolve: (file: File) => void) => resolve(new File([name], name)),
  }) as unknown as FileSystemEntry

/** A folder that tells of its entries in portions, as browsers do. */
const folderEntry = (name: string, children: readonly FileSystemEntry[]): FileSystemEntry => {
  let told = 0
  const readEntries = (resolve: (entries: FileSystemEntry[]) => void): void => {
    resolve(children.slice(told, told + READ_AT_ONCE))
    told += READ_AT_ONCE
  }
  return {
    name,
    isFile: false,
    isDirectory: true,
    createReader: () => ({ readEntries }),
  } as unknown as FileSystemEntry
}

const dropOf = (entries: readonly FileSystemEntry[], texts: Readonly<Record<string, string>> = {}) =>
  ({
    getData: (type: string) => texts[type] ?? '',
    items: entries.map(entry => ({ kind: 'file', webkitGetAsEntry: () => entry, getAsFile: () => null })),
  }) as unknown as DataTransfer

const namesOf = (files: readonly File[]): string[] => files.map(({ name }) => name)

describe('what is dropped', () => {
  it('holds every file of a folder and of those within it, by name, hidden ones left out', async () => {
    const deep = folderEntry('b', [fileEntry('2.csv'), fileEntry('1.csv')])
    const folder = folderEntry('data', [fileEntry('c.csv'), deep, fileEntry('.DS_Store'), fileEntry('a.csv')])
    const { files, isCut } = await readDropped(dropOf([folder, fileEntry('z.txt')]), 1_000)
    expect([namesOf(files), isCut]).toEqual([['a.csv', '1.csv', '2.csv', 'c.csv', 'z.txt'], false])
  })

  it('reads a folder in as many portions as it takes', async () => {
    const many = Array.from({ length: 250 }, (_, at) => fileEntry(`${at}.csv`))
    const { files, isCut } = await readDropped(dropOf([folderEntry('many', many)]), 1_000)
    expect([files.length, isCut]).toEqual([250, false])
  })

  it('ends at the most that are wanted and says that there were more', async () => {
    const many = Array.from({ length: 250 }, (_, at) => fileEntry(`${at}.csv`))
    const { files, isCut } = await readDropped(dropOf([folderEntry('many', many)]), 120)
    expect([files.length, isCut]).toEqual([120, true])
  })

  it('is a text only where there is no file', async () => {
    const texts = { 'text/uri-list': 'https://example.org/', 'text/plain': 'something else' }
    expect((await readDropped(dropOf([], texts), 10)).text).toBe('https://example.org/')
    expect((await readDropped(dropOf([fileEntry('a.csv')], texts), 10)).text).toBe('')
  })
})
