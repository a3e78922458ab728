/** What an operator should be told without asking. */
@NullMarked
package io.hotpool.server.alert;

import org.jspecify.annotations.NullMarked;
