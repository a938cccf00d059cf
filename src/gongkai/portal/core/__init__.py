"""Pure part of the portal: releases, snapshots, settings and a build date in; files out."""
