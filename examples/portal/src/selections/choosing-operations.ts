// Operations of choosing. They move to `src/operations` and get generated types when `schema.graphql` has `selectionChoose`; until
// then the bundle has no view for choosing (`CHOOSING` in build.mjs).
import type { Rejection } from '../api/faults';
import type { Money } from '../format';
import { TypedDocumentString } from '../gql/operations';

interface Rejected {
  userErrors: Rejection[];
}
const ERRORS = 'userErrors { code field message meta { retryAfterSeconds } }';
const AMOUNT = '{ amount currencyCode }';

export interface Choice {
  optionId: string;
  quantity: number;
}

export interface Preview {
  selectionVersion: number;
  price: Money | null;
  priceDelta: Money | null;
  allowance: { allowance: { id: string; name: string }; remainingAfter: Money; overage: Money; fee: Money; tax: Money; overageTotal: Money } | null;
  contractTotalBefore: Money | null;
  contractTotalAfter: Money | null;
  contractTotalChange: Money | null;
}

export interface Rules {
  minChoices: number;
  maxChoices: number;
  mayDecline: boolean;
  choices: { option: { id: string }; quantity: number }[];
}

type RulesQuery = { node: (Rules & { id: string }) | null };
export const RulesDocument = new TypedDocumentString(`
  query SelectionRules($selection: ID!) {
    node(id: $selection) {
      __typename
      id
      ... on Selection { minChoices maxChoices mayDecline choices { option { id } quantity } }
    }
  }`) as unknown as TypedDocumentString<RulesQuery, { selection: string }>;

type PreviewMutation = { selectionPreview: Rejected & { preview: Preview | null } };
export const PreviewDocument = new TypedDocumentString(`
  mutation SelectionPreview($input: SelectionPreviewInput!) {
    selectionPreview(input: $input) {
      preview {
        selectionVersion
        price ${AMOUNT}
        priceDelta ${AMOUNT}
        allowance {
          allowance { id name }
          remainingAfter ${AMOUNT} overage ${AMOUNT} fee ${AMOUNT} tax ${AMOUNT} overageTotal ${AMOUNT}
        }
        contractTotalBefore ${AMOUNT}
        contractTotalAfter ${AMOUNT}
        contractTotalChange ${AMOUNT}
      }
      ${ERRORS}
    }
  }`) as unknown as TypedDocumentString<PreviewMutation, { input: { id: string; choices: Choice[] } }>;

type Changed = Rejected & { selection: { id: string } | null };
interface ChooseInput {
  id: string;
  choices: Choice[];
  expectedVersion: number;
  idempotencyKey: string;
}
export const ChooseDocument = new TypedDocumentString(`
  mutation SelectionChoose($input: SelectionChooseInput!) {
    selectionChoose(input: $input) { selection { id status version } ${ERRORS} }
  }`) as unknown as TypedDocumentString<{ selectionChoose: Changed }, { input: ChooseInput }>;

interface DeclineInput {
  id: string;
  expectedVersion: number;
  reason: string | null;
  idempotencyKey: string;
}
export const DeclineDocument = new TypedDocumentString(`
  mutation SelectionDecline($input: SelectionDeclineInput!) {
    selectionDecline(input: $input) { selection { id status version } ${ERRORS} }
  }`) as unknown as TypedDocumentString<{ selectionDecline: Changed }, { input: DeclineInput }>;
