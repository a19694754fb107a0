// Uploads in progress: started by buttons, shown with their progress, retried and canceled.
import { type ChangeEvent, useCallback, useId, useState } from 'react';
import { useClient } from 'urql';
import { size } from '../format';
import { Icon, type IconName } from '../parts/icons';
import { FaultNote, Meter } from '../parts/page';
import { useProject } from '../project';
import { FileUpload, type Progress } from './upload';

interface Item {
  key: string;
  upload: FileUpload;
  progress: Progress;
}

export interface Uploads {
  items: Item[];
  /** Whether a file is still being sent, or waits for another attempt. */
  isPending: boolean;
  add: (event: ChangeEvent<HTMLInputElement>) => void;
  retry: (item: Item) => void;
  cancel: (item: Item) => void;
  /** Takes finished uploads off the list. */
  clearDone: () => void;
}

export function useUploads(onFile?: (fileId: string, name: string) => void): Uploads {
  const client = useClient();
  const { project } = useProject();
  const [items, setItems] = useState<Item[]>([]);
  const run = async (upload: FileUpload) => {
    const id = await upload.run();
    if (id) onFile?.(id, upload.file.name);
  };
  const add = (event: ChangeEvent<HTMLInputElement>) => {
    for (const file of event.target.files ?? []) {
      const key = crypto.randomUUID();
      const report = (progress: Progress) => setItems((all) => all.map((item) => (item.key === key ? { ...item, progress } : item)));
      const upload = new FileUpload(client, project.id, file, report);
      setItems((all) => [...all, { key, upload, progress: { sent: 0, isDone: false } }]);
      void run(upload);
    }
    // The same file can be chosen again.
    event.target.value = '';
  };
  const cancel = ({ key, upload }: Item) => {
    setItems((all) => all.filter((item) => item.key !== key));
    void upload.cancel();
  };
  const clearDone = useCallback(() => setItems((all) => all.filter((item) => !item.progress.isDone)), []);
  return { items, isPending: items.some((item) => !item.progress.isDone), add, retry: (item) => void run(item.upload), cancel, clearDone };
}

export function UploadList({ uploads: { items, retry, cancel } }: { uploads: Uploads }) {
  return (
    <ul className="rows" aria-live="polite">
      {items.map((item) => {
        const { progress, upload } = item;
        const { name } = upload.file;
        return (
          <li key={item.key} className="upload">
            <span className="upload-line">
              <span>{name}</span>
              <span className="faint">{progress.isDone ? 'Added' : `${size(progress.sent)} of ${size(upload.file.size)}`}</span>
              {!progress.isDone && (
                <button type="button" className="text-button" onClick={() => cancel(item)}>
                  Cancel<span className="hidden">{` the upload of ${name}`}</span>
                </button>
              )}
            </span>
            {!progress.isDone && <Meter share={progress.sent / (upload.file.size || 1)} label={`Upload of ${name}`} />}
            <FaultNote fault={progress.fault} onRetry={() => retry(item)} />
          </li>
        );
      })}
    </ul>
  );
}

interface PickerProps {
  label: string;
  icon: IconName;
  accept?: string;
  capture?: boolean;
  onChange: (event: ChangeEvent<HTMLInputElement>) => void;
}

/** A file field that looks like a button. The field itself has the focus, so keyboards and screen readers know what it is. */
export function Picker({ label, icon, accept, capture, onChange }: PickerProps) {
  const id = useId();
  return (
    <span className="picker">
      <input id={id} type="file" accept={accept} capture={capture ? 'environment' : undefined} multiple={!capture} onChange={onChange} />
      <label htmlFor={id} className="button quiet">
        <Icon name={icon} />
        {label}
      </label>
    </span>
  );
}
