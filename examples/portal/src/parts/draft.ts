// Text that is not sent yet. It survives a reload and a lost connection, and ends with the tab.
import { useCallback, useState } from 'react';

const PREFIX = 'portal draft ';

export function useDraft(name: string): [text: string, setText: (text: string) => void] {
  const [text, setText] = useState(() => sessionStorage.getItem(PREFIX + name) ?? '');
  const set = useCallback(
    (next: string) => {
      setText(next);
      if (next) sessionStorage.setItem(PREFIX + name, next);
      else sessionStorage.removeItem(PREFIX + name);
    },
    [name],
  );
  return [text, set];
}

/** Ends all drafts: the next person in this tab does not read them. */
export function forgetDrafts() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
  }
}
