"""Posts whose previews a caller may make, see and revoke."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from app.v1.posts_guards import OnPost
from model import Post

PostToPreview = Annotated[Post, Depends(OnPost("previews.create"))]
PostWithPreviews = Annotated[Post, Depends(OnPost("previews.list"))]
PostToHide = Annotated[Post, Depends(OnPost("previews.revoke"))]
