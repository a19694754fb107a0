// Files and photos of the project.
import { useEffect, useState } from 'react';
import { useData } from '../api/hooks';
import { instant, size } from '../format';
import { type FilesQuery, FilesDocument } from '../gql/operations';
import { Icon } from '../parts/icons';
import { Empty, Loaded, Page } from '../parts/page';
import { useProject } from '../project';
import { Uploader } from './uploader';

type Files = NonNullable<FilesQuery['project']>;
type File = Files['files']['nodes'][number];

/** Images of a new photo are ready after some seconds. */
const IMAGES_AFTER = 3_000;

export function FilesPage() {
  const { project } = useProject();
  const [after, setAfter] = useState<string | null>(null);
  const read = useData(FilesDocument, { project: project.id, after });
  const isPending = read.data?.project?.files.nodes.some((file) => file.renditionState === 'PENDING') ?? false;
  const { reload } = read;
  useEffect(() => {
    if (!isPending) return undefined;
    const timer = setInterval(reload, IMAGES_AFTER);
    return () => clearInterval(timer);
  }, [isPending, reload]);
  return (
    <Page title="Files">
      <section className="panel" aria-labelledby="upload">
        <h2 id="upload">Add photos and files</h2>
        <Uploader onFile={reload} />
      </section>
      <Loaded read={read}>
        {({ project: data }) =>
          data && (
            <>
              <Photos files={data.files.nodes} />
              <section className="panel" aria-labelledby="all-files">
                <h2 id="all-files">
                  All files <span className="count">{data.files.totalCount}</span>
                </h2>
                {data.files.nodes.length === 0 && <Empty>No files are shared with you yet.</Empty>}
                <ul className="rows">
                  {data.files.nodes.map((file) => (
                    <Row key={file.id} file={file} />
                  ))}
                </ul>
                {data.files.pageInfo.hasNextPage && (
                  <button type="button" className="button quiet" onClick={() => setAfter(data.files.pageInfo.endCursor)}>
                    Show older files
                  </button>
                )}
              </section>
              {data.filesAddress && (
                <p className="office">
                  <Icon name="mail" />
                  <span>
                    You can also mail files to <a href={`mailto:${data.filesAddress}`}>{data.filesAddress}</a>.
                  </span>
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Photos({ files }: { files: File[] }) {
  const photos = files.filter((file) => file.image);
  if (photos.length === 0) return null;
  return (
    <section aria-labelledby="photos">
      <h2 id="photos">Photos</h2>
      <ul className="gallery">
        {photos.map((file) => (
          <li key={file.id}>
            <a href={file.download?.url} target="_blank" rel="noreferrer">
              <img src={file.image!.url} width={file.image!.width} height={file.image!.height} alt={file.name} loading="lazy" />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Row({ file }: { file: File }) {
  const { project } = useProject();
  const by = file.uploadedBy.isViewer ? 'you' : file.uploadedBy.name;
  return (
    <li className="row">
      <Icon name="file" />
      <span className="row-main">
        {file.download ? <a href={file.download.url}>{file.name}</a> : <strong>{file.name}</strong>}
        <span className="faint">
          {`${size(Number(file.size))} · ${instant(file.createdAt, project.timeZone, { month: 'short', day: 'numeric', year: 'numeric' })} · by ${by}`}
          {file.renditionState === 'PENDING' && ' · being prepared'}
          {file.renditionState === 'FAILED' && ' · cannot be shown as a picture'}
        </span>
      </span>
    </li>
  );
}
