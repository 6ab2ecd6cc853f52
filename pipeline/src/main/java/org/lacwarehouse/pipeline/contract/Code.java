package org.lacwarehouse.pipeline.contract;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.List;

/**
 * One code of a code list.
 *
 * @param key the surrogate key of its dimension row; never reused, 0 is the unknown member
 * @param code the canonical code
 * @param name what a person reads
 * @param group the group that certified figures are broken down by; empty where the list has no groups
 * @param validFrom the first day on which the code exists, or null
 * @param validTo the first day on which it no longer exists, or null
 * @param aliases other spellings that mean this code
 */
public record Code(
        int key, String code, String name, String group, LocalDate validFrom, LocalDate validTo, List<String> aliases)
        implements Serializable {}
