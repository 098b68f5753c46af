"""What an organisation can be thanked for, and how much of it was its doing (CRediT, Z39.104)."""

from enum import StrEnum


class Role(StrEnum):
    CONVENING = "convening"
    HOSTING = "hosting"
    FACILITATION = "facilitation"
    RESEARCH = "research"
    DRAFTING = "drafting"
    LOBBYING = "lobbying"
    TESTIMONY = "testimony"
    MOBILISING = "mobilising"
    MEDIA = "media"
    DATA = "data"
    FUNDRAISING = "fundraising"
    RESOURCES = "resources"
    INTRODUCTIONS = "introductions"
    AUDIENCE_LENT = "audience_lent"
    MESSENGER = "messenger"
    ASKED_THE_QUESTION = "asked_the_question"
    STEPPED_BACK = "stepped_back"
    IMPLEMENTATION = "implementation"
    MENTORING = "mentoring"
    CARE_AND_LOGISTICS = "care_and_logistics"
    LATE_SUPPORT = "late_support"


class Degree(StrEnum):
    LEAD = "lead"
    EQUAL = "equal"
    SUPPORTING = "supporting"
