package org.lacwarehouse.jobs.night;

import java.util.concurrent.Callable;

/**
 * A step of a night.
 *
 * @param name its name in the audit and in Spring Batch
 * @param words what it does, for the person who watches
 * @param work does it, and says in a few words what came of it
 */
record NightStep(String name, String words, Callable<String> work) {}
