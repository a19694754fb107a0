import type { ReactNode } from 'react';

interface SubmitProps {
  isBusy: boolean;
  /** Label while the form is being sent. */
  busy: string;
  disabled?: boolean;
  children: ReactNode;
}

/**
 * Button that sends a form. While the form is being sent it does nothing, but it keeps the focus, which a disabled button loses: after a
 * fault, the keyboard is where it was.
 */
export function Submit({ isBusy, busy, disabled, children }: SubmitProps) {
  return (
    <button
      type="submit"
      className="button"
      disabled={disabled}
      aria-disabled={isBusy || undefined}
      onClick={(event) => isBusy && event.preventDefault()}
    >
      {isBusy ? busy : children}
    </button>
  );
}
