package dev.updraft.server.hawkbit.ddi;

import dev.updraft.server.http.Problem;

/** hawkBit's words for why it refuses something (SpServerError in its sources); its clients look for them. */
public enum Refusal {
    CONSTRAINT(400, "repo.constraintViolation", "jakarta.validation.ConstraintViolationException"),
    NOT_READABLE(400, "rest.body.notReadable", "org.eclipse.hawkbit.rest.exception.MessageNotReadableException"),
    SORT_SYNTAX(400, "rest.param.sortParamSyntax", "SortParameterSyntaxErrorException"),
    SORT_FIELD(400, "rest.param.invalidField", "SortParameterUnsupportedFieldException"),
    SORT_DIRECTION(400, "rest.param.invalidDirection", "SortParameterUnsupportedDirectionException"),
    FILTER_SYNTAX(400, "rest.param.rsqlParamSyntax", "RSQLParameterSyntaxException"),
    FILTER_FIELD(400, "rest.param.rsqlInvalidField", "RSQLParameterUnsupportedFieldException"),
    SETTING_NAME(400, "configKeyInvalid", "InvalidTenantConfigurationKeyException"),
    SETTING_VALUE(400, "configValueInvalid", "TenantConfigurationValidatorException"),
    MODULE_TYPE(400, "distributionset.modules.unsupported", "UnsupportedSoftwareModuleForThisDistributionSetException"),
    INCOMPLETE(400, "distributionset.incomplete", "IncompleteDistributionSetException"),
    INVALID(400, "distributionset.invalid", "InvalidDistributionSetException"),
    ROLLOUT_STATE(400, "rollout.illegalState", "RolloutIllegalStateException"),
    AUTO_ASSIGNMENT_STATE(409, "auto.assignment.illegalState", "AutoAssignmentIllegalStateException"),
    WINDOW(400, "maintenanceScheduleInvalid", "InvalidMaintenanceScheduleException"),
    ATTRIBUTES(400, "repo.invalidTargetAttributes", "InvalidTargetAttributeException"),
    CHECKSUM(400, "artifact.uploadFailed.checksum.match", "InvalidHashException"),
    TYPE_INCOMPATIBLE(400, "target.type.incompatible", "IncompatibleTargetTypeException"),
    AUTO_CONFIRM(409, "repo.autoConfAlreadyActive", "AutoConfirmationAlreadyActiveException"),
    IN_USE(409, "target.type.used", "TargetTypeInUseException"),
    NOT_CANCELABLE(405, "action.notCancelable", "CancelActionNotAllowedException"),
    NOT_FORCEABLE(405, "action.notForceQuitable", "ForceQuitActionNotAllowedException"),
    CONFIRMATION(409, "confirmation.feedback.invalid", "InvalidConfirmationFeedbackException"),
    QUOTA(429, "quota.tooManyEntries", "AssignmentQuotaExceededException");

    private final int status;
    private final String code;
    private final String kind;

    Refusal(int status, String code, String kind) {
        this.status = status;
        this.code = "hawkbit.server.error." + code;
        this.kind = kind.indexOf('.') < 0 ? "org.eclipse.hawkbit.repository.exception." + kind : kind;
    }

    /** As an answer with our own words for it. */
    public Problem of(String sentence) {
        return Problem.foreign(status, sentence, code, kind);
    }
}
