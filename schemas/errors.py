"""Exceptions for broken configuration and machines. What is wrong with a *report* is a finding, never one of these."""

from typing import ClassVar


class GongkaiError(Exception):
    """Base of all errors told to a user: the message names file, place, what was expected and what to do next.

    `exit_code` is what the command line ends with: 2 where the user asked for what is not there.
    """

    exit_code: ClassVar[int] = 1


class FormError(GongkaiError):
    """A form, indicator or metric file is wrong."""


class SourceError(GongkaiError):
    """A row of the registry of sources is wrong."""


class ArchiveError(GongkaiError):
    """The archive of captures cannot be read or written."""


class ReleaseError(GongkaiError):
    """A release is absent, damaged or does not fit what was asked of it."""
