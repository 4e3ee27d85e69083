/** @returns What `work` comes to, or `instead` when it fails or takes longer; it may then go on unheard. */
export async function within<T, I>(ms: number, work: Promise<T>, instead: I): Promise<T | I> {
  const { promise: late, resolve } = Promise.withResolvers<I>()
  const timer = setTimeout(() => resolve(instead), ms)
  try {
    return await Promise.race([work.catch(() => instead), late])
  } finally {
    clearTimeout(timer)
  }
}
