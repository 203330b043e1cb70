import * as announcements from "./checks/announcement-checks.ts";
import * as limits from "./checks/limit-checks.ts";
import * as manifest from "./checks/manifest-checks.ts";
import * as operations from "./checks/operation-checks.ts";
import * as reading from "./checks/reading-checks.ts";
import * as records from "./checks/record-checks.ts";
import * as safety from "./checks/safety-checks.ts";
import * as statuses from "./checks/status-checks.ts";
import * as tokens from "./checks/token-checks.ts";
import * as webhooks from "./checks/webhook-checks.ts";
import * as once from "./checks/writing-once-checks.ts";
import type { ConformanceCheck } from "./conformance-check.ts";

/**
 * The fifty checks of every connector, and five about the log that some billing systems keep of what
 * they announced. In the order they run in, which is that of their chapters.
 */
export const conformanceChecks: readonly ConformanceCheck[] = [
  manifest.manifestIsTrue,
  manifest.configIsRefusedByName,
  manifest.manifestKeepsItsPromises,
  safety.secretsStayInside,
  safety.callsOnlyWhereAllowed,
  safety.checkTellsWhatIsWrong,
  safety.readmeServesAnOperator,
  tokens.expiredTokenIsRefreshedOnce,
  tokens.persistent401Ends,
  tokens.refreshIsSingleFlight,
  tokens.rotatedTokenIsStoredFirst,
  tokens.sickTokenServerIsTransient,
  reading.fullReadIsComplete,
  reading.changesBetweenPagesLoseNothing,
  reading.killedReadResumes,
  reading.equalStampsAreComplete,
  reading.lateRowIsFound,
  reading.secondReadIsQuiet,
  reading.badCheckpointIsRefused,
  reading.resultCapIsSplit,
  records.deletedDealIsMissing,
  records.unexpectedShapeIsNamed,
  records.valuesArriveExactly,
  once.sameKeyWritesOnce,
  once.lostAnswerIsFound,
  once.crashAddsNothing,
  statuses.hostileIdsAreEncoded,
  statuses.badRecordFailsAlone,
  statuses.staleWriteIsOutrun,
  once.duplicateIsSuccess,
  statuses.unchangedIsNotWritten,
  statuses.closedIsABusinessAnswer,
  limits.silenceIsKept,
  limits.quotaPauses,
  limits.oneCallIsOneRequest,
  limits.everyAnswerHasItsCategory,
  limits.hungPeerIsLeft,
  limits.brokenAnswerIsNoAnswer,
  webhooks.signaturesAreJudged,
  webhooks.duplicateHasOneId,
  webhooks.orderDoesNotMatter,
  webhooks.badEventDoesNotStopTheBatch,
  webhooks.refusalFitsTheVendor,
  webhooks.unknownEventIsIgnored,
  webhooks.subscriptionIsKeptAlive,
  reading.forgottenPastIsReadInFull,
  announcements.outageLosesNoAnnouncement,
  announcements.lateAnnouncementIsFound,
  announcements.announcementCheckpointIsKept,
  announcements.badAnnouncementCheckpointIsRefused,
  announcements.forgottenAnnouncementsAreMadeUpFor,
  operations.everyRequestIsTold,
  operations.connectionsShareNothing,
  reading.checkpointOutlivesTheProcess,
  operations.kitEndsInTime,
];
