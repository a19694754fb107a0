// Files of a selection, and a photo of the client's own.
import { useState } from 'react';
import { useClient } from 'urql';
import type { Fault } from '../api/faults';
import { perform } from '../api/hooks';
import { Uploader } from '../files/uploader';
import { FileAttachDocument } from '../gql/operations';
import { Icon } from '../parts/icons';
import { FaultNote } from '../parts/page';
import type { Selection } from './selection';

export function Photos({ selection, onChange }: { selection: Selection; onChange: () => void }) {
  const client = useClient();
  const [fault, setFault] = useState<Fault>();
  const attach = async (fileId: string) => {
    const input = { fileId, recordId: selection.id, idempotencyKey: `attach ${fileId} ${selection.id}` };
    const outcome = await perform(client, FileAttachDocument, { input });
    setFault('fault' in outcome ? outcome.fault : undefined);
    onChange();
  };
  return (
    <section className="panel" aria-labelledby="photos">
      <h2 id="photos">Photos and files</h2>
      {selection.attachments.length > 0 && (
        <ul className="gallery">
          {selection.attachments.map(({ id, file }) => (
            <li key={id}>
              <a href={file.picture?.url ?? file.download?.url} target="_blank" rel="noreferrer">
                {file.image ? (
                  <img src={file.image.url} width={file.image.width} height={file.image.height} alt={file.name} loading="lazy" />
                ) : (
                  <span className="document">
                    <Icon name="file" />
                    {file.name}
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
      )}
      <Uploader accept="image/*" onFile={attach} />
      <FaultNote fault={fault} />
    </section>
  );
}
