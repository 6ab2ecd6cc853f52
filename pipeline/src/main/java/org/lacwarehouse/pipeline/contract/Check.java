package org.lacwarehouse.pipeline.contract;

import java.io.Serializable;

/**
 * A contradiction that a contract looks for: the row is kept and flagged.
 *
 * @param rule the rule's id: the number of DfE's SSDA903 validation rule where there is one
 * @param column the column that the finding is reported for
 * @param reason what is wrong, for the person who sends the file; it never repeats a value
 * @param where the contradiction as SQL over the silver columns, {@code born} (the child's date of birth by the header)
 *     and {@code extract_date}; {@code OVER child} looks at the child's other kept rows in the contract's order, {@code
 *     OVER earlier} at those before this one
 */
public record Check(String rule, String column, String reason, String where) implements Serializable {}
