/**
 * How a utility process ends in order: it says that it leaves, and exits when it is told to. Its exit and its messages
 * reach the main process on different ways, so that the exit alone could overtake them.
 */
export type Leaving = { readonly type: 'utility.leaving' } | { readonly type: 'utility.leave' }

export const isLeaving = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && (message as Partial<Leaving>).type === 'utility.leaving'
