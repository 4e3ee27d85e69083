/** What was dropped: files of the machine that the page is on, and texts such as links. */
export interface Dropped {
  readonly files: readonly File[]
  readonly text: string
  /** More files were there than are taken. */
  readonly isCut: boolean
}

/**
 * Reads what was dropped, folders with everything in them. To be called while the event is handled: afterwards the
 * browser has forgotten it.
 *
 * @param most Most files that are wanted.
 */
export async function readDropped(data: DataTransfer, most: number): Promise<Dropped> {
  const text = data.getData('text/uri-list') || data.getData('text/plain')
  const entries = [...data.items]
    .filter(item => item.kind === 'file')
    .map(item => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  const files: File[] = []
  for (const { entry, file } of entries) {
    if (entry !== null) await collect(entry, files, most)
    else if (file !== null) files.push(file)
    if (files.length > most) break
  }
  const isCut = files.length > most
  // A dragged file may come with its own address as text, which the host could not read.
  return { files: files.slice(0, most), text: files.length > 0 ? '' : text, isCut }
}

/** Depth first, hidden files left out; stops one file beyond `most`, which says that there are more. */
async function collect(entry: FileSystemEntry, files: File[], most: number): Promise<void> {
  if (files.length > most) return
  if (isFile(entry)) {
    files.push(await new Promise<File>((resolve, reject) => entry.file(resolve, reject)))
    return
  }
  if (!isFolder(entry)) return
  const reader = entry.createReader()
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return
    const seen = some.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const child of seen) await collect(child, files, most)
    if (files.length > most) return
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
