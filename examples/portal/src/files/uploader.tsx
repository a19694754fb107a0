// Buttons for the camera and for files, and the uploads in progress.
import { Picker, UploadList, useUploads } from './uploads';

export function Uploader({ accept, onFile }: { accept?: string; onFile?: (fileId: string) => void }) {
  const uploads = useUploads(onFile);
  return (
    <div className="uploader">
      <div className="buttons">
        <Picker label="Take a photo" icon="camera" accept="image/*" capture onChange={uploads.add} />
        <Picker label={accept ? 'Choose photos' : 'Choose files'} icon="files" accept={accept} onChange={uploads.add} />
      </div>
      <p className="faint">All clients of the project and the team will see them.</p>
      <UploadList uploads={uploads} />
    </div>
  );
}
