package org.lacwarehouse.pipeline.contract;

/** How far a column may travel. */
public enum Privacy {
    /** It may reach the marts. */
    OPEN,
    /** It is kept in silver, where ages and distances are computed from it, and goes no further. */
    PERSONAL,
    /** It says who the child is: it is kept in the vault only. */
    VAULT,
    /** It is checked and then left in bronze: a repetition of what another dataset holds. */
    BRONZE
}
