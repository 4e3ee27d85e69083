let lastBytes = 0

/** @returns Memory of this process; what it was last where the system has no descriptor left to look it up with. */
export function residentBytes(): number {
  try {
    lastBytes = process.memoryUsage.rss()
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code !== 'EMFILE' &&
      (error as NodeJS.ErrnoException).code !== 'ENFILE'
    )
      throw error
  }
  return lastBytes
}
