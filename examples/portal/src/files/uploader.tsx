// Buttons for the camera and for files, and the uploads in progress.
import { type ChangeEvent, useId, useState } from 'react';
import { useClient } from 'urql';
import { size } from '../format';
import { Icon } from '../parts/icons';
import { FaultNote, Meter } from '../parts/page';
import { useProject } from '../project';
import { FileUpload, type Progress } from './upload';

interface Item {
  key: string;
  upload: FileUpload;
  progress: Progress;
}

export function Uploader({ accept, onFile }: { accept?: string; onFile?: (fileId: string) => void }) {
  const client = useClient();
  const { project } = useProject();
  const [items, setItems] = useState<Item[]>([]);
  const run = async (upload: FileUpload) => {
    const id = await upload.run();
    if (id) onFile?.(id);
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
  const remove = (key: string) => setItems((all) => all.filter((item) => item.key !== key));
  return (
    <div className="uploader">
      <div className="buttons">
        <Picker label="Take a photo" icon="camera" accept="image/*" capture onChange={add} />
        <Picker label={accept ? 'Choose photos' : 'Choose files'} icon="files" accept={accept} onChange={add} />
      </div>
      <p className="faint">All clients of the project and the team will see them.</p>
      <ul className="rows" aria-live="polite">
        {items.map(({ key, upload, progress }) => (
          <li key={key} className="upload">
            <span className="upload-line">
              <span>{upload.file.name}</span>
              <span className="faint">
                {progress.isDone ? 'Added' : `${size(progress.sent)} of ${size(upload.file.size)}`}
              </span>
              {!progress.isDone && (
                <button
                  type="button"
                  className="text-button"
                  onClick={() => {
                    remove(key);
                    void upload.cancel();
                  }}
                >
                  Cancel<span className="hidden">{` the upload of ${upload.file.name}`}</span>
                </button>
              )}
            </span>
            {!progress.isDone && <Meter share={progress.sent / (upload.file.size || 1)} label={`Upload of ${upload.file.name}`} />}
            <FaultNote fault={progress.fault} onRetry={() => run(upload)} />
          </li>
        ))}
      </ul>
    </div>
  );
}

interface PickerProps {
  label: string;
  icon: 'camera' | 'files';
  accept?: string;
  capture?: boolean;
  onChange: (event: ChangeEvent<HTMLInputElement>) => void;
}

/** A file field that looks like a button. The field itself has the focus, so keyboards and screen readers know what it is. */
function Picker({ label, icon, accept, capture, onChange }: PickerProps) {
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
